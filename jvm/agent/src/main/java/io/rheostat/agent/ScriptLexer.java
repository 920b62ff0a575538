package io.rheostat.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a script into statements. Knows quotes, comments and statement-set blocks, and nothing else of SQL. */
final class ScriptLexer {
    private final Script script;
    private final String text;
    private final List<Statement> statements = new ArrayList<>();
    private List<String> words = new ArrayList<>();
    private int start = -1;
    private int depth;
    private int at;
    private boolean inBlock;
    private boolean blockStatementBegins;
    private boolean endSeen;

    private ScriptLexer(Script script) {
        this.script = script;
        this.text = script.text;
    }

    /**
     * The statements in order; empty ones are skipped.
     *
     * @throws LaunchFault for a quote or comment that never ends (at its start) and for a NUL character
     */
    static List<Statement> split(Script script) throws LaunchFault {
        return new ScriptLexer(script).run();
    }

    private List<Statement> run() throws LaunchFault {
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw fault(nul, "The script contains a NUL character.");
        }
        // A byte order mark is no part of the first statement.
        at = text.startsWith("\ufeff") ? 1 : 0;
        while (at < text.length()) {
            step();
        }
        finish(text.length());
        return statements;
    }

    private void step() throws LaunchFault {
        char c = text.charAt(at);
        if (text.startsWith("--", at)) {
            skipLine();
        } else if (text.startsWith("/*", at)) {
            int end = text.indexOf("*/", at + 2);
            if (end < 0) {
                throw fault(at, "This comment never ends: its */ is missing.");
            }
            at = end + 2;
        } else if (c == '\'' || c == '"' || c == '`') {
            begin();
            skipQuoted(c);
            blockStatementBegins = false;
        } else if (isWordPart(c)) {
            begin();
            takeWord();
        } else if (c == ';') {
            semicolon();
        } else {
            if (!isBlank(c)) {
                begin();
                mark(c);
            }
            at++;
        }
    }

    private void begin() {
        if (start < 0) {
            start = at;
        }
    }

    private void mark(char c) {
        if (c == '(') {
            if (words.isEmpty()) {
                words.add("(");
            }
            depth++;
        } else if (c == ')') {
            depth = Math.max(0, depth - 1);
        }
        blockStatementBegins = false;
        endSeen = false;
    }

    private void takeWord() {
        int from = at;
        while (at < text.length() && isWordPart(text.charAt(at))) {
            at++;
        }
        String word = text.substring(from, at).toUpperCase(Locale.ROOT);
        endSeen = inBlock && blockStatementBegins && word.equals("END");
        blockStatementBegins = false;
        if (inBlock || depth > 0) {
            return;
        }
        words.add(word);
        int n = words.size();
        // EXECUTE, EXPLAIN or COMPILE PLAN … FOR a STATEMENT SET BEGIN: its semicolons are inner ones until END.
        if (n > 3 && word.equals("BEGIN") && words.get(n - 2).equals("SET") && words.get(n - 3).equals("STATEMENT")) {
            inBlock = true;
            blockStatementBegins = true;
        }
    }

    private void semicolon() {
        if (inBlock && !endSeen) {
            blockStatementBegins = true;
            depth = 0;
            at++;
        } else {
            finish(at);
            at++;
        }
    }

    private void finish(int end) {
        if (start >= 0) {
            String raw = text.substring(start, end).stripTrailing();
            statements.add(new Statement(statements.size() + 1, start, raw, words));
        }
        words = new ArrayList<>();
        start = -1;
        depth = 0;
        inBlock = false;
        blockStatementBegins = false;
        endSeen = false;
    }

    private void skipLine() {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
    }

    /** A doubled quote inside stands for itself. */
    private void skipQuoted(char quote) throws LaunchFault {
        int from = at++;
        while (true) {
            int end = text.indexOf(quote, at);
            if (end < 0) {
                throw fault(from, "This quote never ends: its closing " + quote + " is missing.");
            }
            at = end + 1;
            if (at >= text.length() || text.charAt(at) != quote) {
                endSeen = false;
                return;
            }
            at++;
        }
    }

    private LaunchFault fault(int offset, String message) {
        return new LaunchFault(FailureCode.SQL_INVALID, statements.size() + 1, script.at(offset), message, null);
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\ufeff';
    }
}
