package io.rheostat.agent;

import java.util.Map;

/** Writes JSON; the agent never reads any. */
final class Json {
    private Json() {}

    /**
     * A JSON object of the fields in their order. Null values are left out; numbers and booleans stay
     * what they are; everything else is written as its text.
     */
    static String object(Map<String, ?> fields) {
        StringBuilder out = new StringBuilder(256).append('{');
        for (Map.Entry<String, ?> field : fields.entrySet()) {
            Object value = field.getValue();
            if (value == null) {
                continue;
            }
            if (out.length() > 1) {
                out.append(',');
            }
            quote(out, field.getKey());
            out.append(':');
            if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
                out.append(value);
            } else {
                quote(out, value.toString());
            }
        }
        return out.append('}').toString();
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\r') {
                out.append("\\r");
            } else if (c == '\t') {
                out.append("\\t");
            } else if (c < 0x20 || c == 0x7f) {
                out.append(String.format("\\u%04x", (int) c));
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.append(c).append(text.charAt(++i));
            } else if (Character.isSurrogate(c)) {
                // Half a pair has no UTF-8 form; strict readers refuse its escape too.
                out.append('\ufffd');
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
