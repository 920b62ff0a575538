package io.rheostat.agent;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of a script and its lines. Offsets count UTF-16 units, as Java and Flink's parser do; {@link Span}s
 * count code points, as people and editors do. A line ends at LF, CR LF or a lone CR, also as Flink's parser has it.
 */
final class Script {
    final String text;
    private final List<Integer> lineStarts = new ArrayList<>();

    Script(String text) {
        this.text = text;
        lineStarts.add(0);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean loneReturn = c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n');
            if (c == '\n' || loneReturn) {
                lineStarts.add(i + 1);
            }
        }
    }

    /** The span that begins at an offset and whose end is unknown. */
    Span at(int offset) {
        int line = lineOf(offset);
        return new Span(line + 1, columnOf(line, offset), 0, 0);
    }

    /** The span from one offset to another, both included. */
    Span between(int from, int to) {
        Span start = at(from);
        Span end = at(to);
        return new Span(start.line, start.column, end.line, end.column);
    }

    /** The offset of a 1-based line and column (UTF-16) that count from {@code base}; -1 when that lies beyond the script. */
    int offset(int base, int line, int column) {
        if (line < 1 || column < 1) {
            return -1;
        }
        int index = lineOf(base) + line - 1;
        if (index >= lineStarts.size()) {
            return -1;
        }
        int offset = (line == 1 ? base : lineStarts.get(index)) + column - 1;
        return offset < text.length() ? offset : -1;
    }

    private int lineOf(int offset) {
        int low = 0;
        int high = lineStarts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (lineStarts.get(middle) <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int columnOf(int line, int offset) {
        int end = offset;
        // In the middle of a pair: the code point begins one unit earlier.
        if (end > 0 && end < text.length() && Character.isLowSurrogate(text.charAt(end)) && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.codePointCount(lineStarts.get(line), end) + 1;
    }
}
