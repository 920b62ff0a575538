package io.rheostat.agent;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON text: objects as maps in their order, arrays as lists, numbers as BigDecimal (so that they are
 * written as they were), and the rest as Java has it.
 */
final class JsonReader {
    private static final int MAX_DEPTH = 100;

    private final String text;
    private int at;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * The object that the text is.
     *
     * @throws IllegalArgumentException when it is none, or goes on after it
     */
    @SuppressWarnings("unchecked")
    static Map<String, Object> object(String text) {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.skipBlank();
        if (reader.at < text.length() || !(value instanceof Map)) {
            throw reader.fault();
        }
        return (Map<String, Object>) value;
    }

    private Object value() {
        skipBlank();
        if (++depth > MAX_DEPTH) {
            throw fault();
        }
        Object value;
        char c = peek();
        if (c == '{') {
            value = members();
        } else if (c == '[') {
            value = items();
        } else if (c == '"') {
            value = string();
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            value = number();
        } else {
            value = word("true") ? Boolean.TRUE : word("false") ? Boolean.FALSE : nothing();
        }
        depth--;
        return value;
    }

    private Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        skipBlank();
        if (take('}')) {
            return members;
        }
        do {
            skipBlank();
            if (peek() != '"') {
                throw fault();
            }
            String name = string();
            skipBlank();
            require(':');
            members.put(name, value());
            skipBlank();
        } while (take(','));
        require('}');
        return members;
    }

    private List<Object> items() {
        List<Object> items = new ArrayList<>();
        at++;
        skipBlank();
        if (take(']')) {
            return items;
        }
        do {
            items.add(value());
            skipBlank();
        } while (take(','));
        require(']');
        return items;
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        at++;
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                return out.toString();
            } else if (c == '\\') {
                out.append(escaped());
            } else if (c < 0x20) {
                throw fault();
            } else {
                out.append(c);
            }
        }
    }

    private char escaped() {
        char c = peek();
        at++;
        if (c == 'u') {
            if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
                throw fault();
            }
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        int known = "\"\\/bfnrt".indexOf(c);
        if (known < 0) {
            throw fault();
        }
        return "\"\\/\b\f\n\r\t".charAt(known);
    }

    private BigDecimal number() {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            return new BigDecimal(text.substring(from, at));
        } catch (NumberFormatException malformed) {
            throw fault();
        }
    }

    private Object nothing() {
        if (!word("null")) {
            throw fault();
        }
        return null;
    }

    private boolean word(String word) {
        boolean found = text.startsWith(word, at);
        at += found ? word.length() : 0;
        return found;
    }

    private void skipBlank() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw fault();
        }
        return text.charAt(at);
    }

    private boolean take(char c) {
        boolean found = at < text.length() && text.charAt(at) == c;
        at += found ? 1 : 0;
        return found;
    }

    private void require(char c) {
        if (!take(c)) {
            throw fault();
        }
    }

    private IllegalArgumentException fault() {
        return new IllegalArgumentException("no JSON object: character " + at);
    }
}
