package io.rheostat.agent;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Map;

/** Writes JSON; {@link JsonReader} reads it. */
final class Json {
    private Json() {}

    /**
     * A JSON object of the fields in their order. Fields with null values are left out; numbers, booleans, maps and
     * lists stay what they are; everything else is written as its text.
     */
    static String object(Map<String, ?> fields) {
        StringBuilder out = new StringBuilder(256);
        object(out, fields);
        return out.toString();
    }

    private static void object(StringBuilder out, Map<?, ?> fields) {
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            if (field.getValue() == null) {
                continue;
            }
            if (!first) {
                out.append(',');
            }
            first = false;
            quote(out, field.getKey().toString());
            out.append(':');
            value(out, field.getValue());
        }
        out.append('}');
    }

    private static void value(StringBuilder out, Object value) {
        if (value == null || value instanceof Integer || value instanceof Long || value instanceof BigDecimal || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Map) {
            object(out, (Map<?, ?>) value);
        } else if (value instanceof Iterable) {
            out.append('[');
            for (Iterator<?> items = ((Iterable<?>) value).iterator(); items.hasNext(); ) {
                value(out, items.next());
                out.append(items.hasNext() ? "," : "");
            }
            out.append(']');
        } else {
            quote(out, value.toString());
        }
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
