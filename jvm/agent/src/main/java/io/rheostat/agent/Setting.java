package io.rheostat.agent;

import java.util.Optional;

/** A SET or RESET as the script has it. */
final class Setting {
    /** Null when RESET names none. */
    final String key;

    /** Null for RESET. */
    final String value;

    /** Where the key stands in the script. */
    final int keyOffset;

    final Statement statement;

    private Setting(String key, String value, int keyOffset, Statement statement) {
        this.key = key;
        this.value = value;
        this.keyOffset = keyOffset;
        this.statement = statement;
    }

    boolean isReset() {
        return value == null;
    }

    /** Reads {@code SET 'k' = 'v'}, {@code SET k = v} and RESET with and without a key; empty when it is none of them. */
    static Optional<Setting> parse(Statement statement) {
        boolean reset = statement.kind == StatementKind.RESET;
        Cursor cursor = new Cursor(statement.text, reset ? 5 : 3);
        cursor.skipBlank();
        int keyAt = cursor.at;
        String key = cursor.atEnd() ? null : cursor.token("=");
        cursor.skipBlank();
        if (reset) {
            return cursor.atEnd() ? Optional.of(new Setting(key, null, statement.offset + keyAt, statement)) : Optional.empty();
        }
        if (key == null || key.isEmpty() || !cursor.take('=')) {
            return Optional.empty();
        }
        cursor.skipBlank();
        String value = cursor.atEnd() ? null : cursor.token("");
        cursor.skipBlank();
        if (value == null || !cursor.atEnd()) {
            return Optional.empty();
        }
        return Optional.of(new Setting(key, value, statement.offset + keyAt, statement));
    }

    private static final class Cursor {
        private final String text;
        private int at;

        Cursor(String text, int at) {
            this.text = text;
            this.at = at;
        }

        boolean atEnd() {
            return at >= text.length();
        }

        boolean take(char c) {
            if (atEnd() || text.charAt(at) != c) {
                return false;
            }
            at++;
            return true;
        }

        /** A quoted text without its quotes, or what reaches to the next blank or one of the stops. */
        String token(String stops) {
            if (text.charAt(at) != '\'') {
                int from = at;
                while (!atEnd() && !Character.isWhitespace(text.charAt(at)) && stops.indexOf(text.charAt(at)) < 0) {
                    at++;
                }
                return text.substring(from, at);
            }
            StringBuilder value = new StringBuilder();
            at++;
            while (!atEnd()) {
                char c = text.charAt(at++);
                if (c == '\'' && !take('\'')) {
                    break;
                }
                value.append(c);
            }
            return value.toString();
        }

        void skipBlank() {
            while (!atEnd()) {
                if (Character.isWhitespace(text.charAt(at))) {
                    at++;
                } else if (text.startsWith("--", at)) {
                    at = lineEnd();
                } else if (text.startsWith("/*", at)) {
                    at = text.indexOf("*/", at + 2) + 2;
                } else {
                    return;
                }
            }
        }

        private int lineEnd() {
            int end = at;
            while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
                end++;
            }
            return end;
        }
    }
}
