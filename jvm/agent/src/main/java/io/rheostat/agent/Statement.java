package io.rheostat.agent;

import java.util.List;

/** One statement of a script, without its semicolon and the comments before it. */
final class Statement {
    /** 1-based. */
    final int number;

    /** Where it begins in the script. */
    final int offset;

    final String text;

    /** Its unquoted words outside of parentheses, in upper case, in order; in a block only those before the first INSERT. */
    private final List<String> words;

    final StatementKind kind;

    Statement(int number, int offset, String text, List<String> words) {
        this.number = number;
        this.offset = offset;
        this.text = text;
        this.words = words;
        this.kind = StatementKind.of(words);
    }

    /** The first words, for messages: keywords only, so nothing secret. */
    String title() {
        int length = words.isEmpty() ? 0 : kind.titleWords(words);
        return words.isEmpty() ? "This statement" : String.join(" ", words.subList(0, length));
    }
}
