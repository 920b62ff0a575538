package io.rheostat.agent;

/** A stretch of the script: 1-based lines, columns in Unicode code points, the end included; 0 as end line means "only a start is known". */
final class Span {
    final int line;
    final int column;
    final int endLine;
    final int endColumn;

    Span(int line, int column, int endLine, int endColumn) {
        this.line = line;
        this.column = column;
        this.endLine = endLine;
        this.endColumn = endColumn;
    }

    boolean hasEnd() {
        return endLine > 0;
    }
}
