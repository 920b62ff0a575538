package io.rheostat.agent;

/** Cuts long texts and says that it did. */
final class Excerpt {
    static final String MARK = "… (cut)";

    private Excerpt() {}

    /** The text itself, or its beginning plus the mark, at most {@code limit} UTF-16 units long; null stays null. */
    static String of(String text, int limit) {
        if (text == null || text.length() <= limit) {
            return text;
        }
        int end = Math.max(0, limit - MARK.length());
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + MARK;
    }
}
