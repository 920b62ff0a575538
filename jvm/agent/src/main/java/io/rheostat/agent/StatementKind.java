package io.rheostat.agent;

import java.util.List;
import java.util.Set;

/** What a statement is to the rules for scripts, told from its first words; Flink's parser still has the last word. */
enum StatementKind {
    SET,
    RESET,
    /** INSERT, or CREATE TABLE … AS, which inserts too. */
    INSERT,
    /** EXECUTE STATEMENT SET BEGIN … END. */
    BLOCK,
    /** BEGIN STATEMENT SET. */
    BEGIN,
    /** END of a BEGIN STATEMENT SET. */
    END,
    /** A query whose rows nobody takes. */
    QUERY,
    /** SHOW, DESCRIBE, EXPLAIN and the like: they print something. */
    INSPECT,
    /** Starts or stops a job of its own, or changes rows in place. */
    OWN_JOB,
    /** Everything that is carried out at once: CREATE, DROP, USE, ADD JAR … */
    SETUP;

    private static final Set<String> QUERIES = Set.of("SELECT", "WITH", "VALUES", "TABLE", "(");
    private static final Set<String> INSPECTS = Set.of("SHOW", "DESCRIBE", "DESC", "EXPLAIN", "HELP", "CLEAR", "QUIT", "EXIT");
    private static final Set<String> OWN_JOBS =
            Set.of("CALL", "ANALYZE", "STOP", "COMPILE", "EXECUTE", "UPDATE", "DELETE", "TRUNCATE");

    static StatementKind of(List<String> words) {
        String first = word(words, 0);
        if (first.equals("SET")) {
            return SET;
        }
        if (first.equals("RESET")) {
            return RESET;
        }
        if (first.equals("INSERT") || (first.equals("EXECUTE") && word(words, 1).equals("INSERT"))) {
            return INSERT;
        }
        if (first.equals("EXECUTE") && isStatementSet(words, 1)) {
            return BLOCK;
        }
        if (first.equals("BEGIN")) {
            return BEGIN;
        }
        if (first.equals("END")) {
            return END;
        }
        if (QUERIES.contains(first) || (first.equals("EXECUTE") && QUERIES.contains(word(words, 1)))) {
            return QUERY;
        }
        if (INSPECTS.contains(first)) {
            return INSPECT;
        }
        if (OWN_JOBS.contains(first)) {
            return OWN_JOB;
        }
        return createsTable(words) ? INSERT : createsMaterialized(words) ? OWN_JOB : SETUP;
    }

    /** How many words name the statement in a message. */
    int titleWords(List<String> words) {
        int wanted = this == BLOCK || this == BEGIN ? 3 : this == SETUP || this == OWN_JOB ? 2 : 1;
        return Math.min(wanted, words.size());
    }

    private static boolean isStatementSet(List<String> words, int at) {
        return word(words, at).equals("STATEMENT") && word(words, at + 1).equals("SET");
    }

    /** CREATE [OR REPLACE] [TEMPORARY] TABLE … AS, REPLACE TABLE … AS; columns' AS stands in parentheses. */
    private static boolean createsTable(List<String> words) {
        int table = words.indexOf("TABLE");
        boolean creates = word(words, 0).equals("CREATE") || word(words, 0).equals("REPLACE");
        return creates && table > 0 && table <= 4 && !words.contains("MATERIALIZED") && words.lastIndexOf("AS") > table;
    }

    private static boolean createsMaterialized(List<String> words) {
        return words.size() > 1 && words.subList(0, Math.min(4, words.size())).contains("MATERIALIZED");
    }

    private static String word(List<String> words, int index) {
        return index < words.size() ? words.get(index) : "";
    }
}
