package io.rheostat.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptLexerTest {
    private static List<String> split(String text) throws LaunchFault {
        Script script = new Script(text);
        return ScriptLexer.split(script).stream()
                .map(s -> script.at(s.offset).line + ":" + script.at(s.offset).column + " " + s.kind + " " + s.text)
                .collect(Collectors.toList());
    }

    @Test
    void semicolonsInQuotesAndCommentsDoNotSplit() throws LaunchFault {
        assertEquals(
                List.of("2:1 SET SET 'a' = 'x;y'", "3:3 SETUP USE `c;d` /* ; */ -- ;", "5:1 SETUP USE \"e;f\""),
                split("-- first; comment\nSET 'a' = 'x;y';\n  USE `c;d` /* ; */ -- ;\n;\nUSE \"e;f\""));
    }

    @Test
    void doubledQuotesStayInside() throws LaunchFault {
        assertEquals(List.of("1:1 SET SET 'a' = 'it''s; fine'", "1:25 SETUP USE b"), split("SET 'a' = 'it''s; fine';USE b"));
    }

    @Test
    void emptyStatementsAreSkippedAndTheLastNeedsNoSemicolon() throws LaunchFault {
        assertEquals(List.of("1:5 SETUP USE a"), split(" ;; USE a"));
        assertEquals(List.of(), split("  -- nothing\n/* at all */ ;"));
        assertEquals(List.of(), split(""));
    }

    @Test
    void aStatementSetBlockIsOneStatement() throws LaunchFault {
        String block = "EXECUTE STATEMENT SET BEGIN\nINSERT INTO a SELECT CASE x WHEN 1 THEN 2 END;\nINSERT INTO b SELECT 1;\nEND";
        assertEquals(List.of("1:1 BLOCK " + block, "4:6 SETUP USE c"), split(block + "; USE c;"));
        assertEquals(List.of("1:1 BLOCK " + block), split(block));
        assertEquals(List.of("1:1 INSPECT EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END"),
                split("EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;"));
    }

    @Test
    void anOpenStatementSetSplitsAtEachSemicolon() throws LaunchFault {
        assertEquals(
                List.of("1:1 BEGIN BEGIN STATEMENT SET", "2:1 INSERT INSERT INTO a SELECT 1", "3:1 END END"),
                split("BEGIN STATEMENT SET;\nINSERT INTO a SELECT 1;\nEND;"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE TABLE t (a AS b + 1, PRIMARY KEY (x)) WITH ('k'='v') | SETUP",
                "CREATE TABLE t WITH ('k'='v') AS SELECT 1 | INSERT",
                "create or replace table t as select 1 | INSERT",
                "REPLACE TABLE t AS SELECT 1 | INSERT",
                "CREATE TEMPORARY VIEW v AS SELECT 1 | SETUP",
                "CREATE FUNCTION f AS 'x.Y' | SETUP",
                "CREATE MATERIALIZED TABLE t AS SELECT 1 | OWN_JOB",
                "EXECUTE INSERT INTO t SELECT 1 | INSERT",
                "EXECUTE PLAN 'x' | OWN_JOB",
                "(SELECT 1) | QUERY",
                "WITH q AS (SELECT 1) SELECT * FROM q | QUERY",
                "show tables | INSPECT",
                "RESET | RESET",
                "ADD JAR 'x' | SETUP",
            })
    void kindsComeFromTheFirstWords(String text, StatementKind kind) throws LaunchFault {
        assertEquals(kind, ScriptLexer.split(new Script(text)).get(0).kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"USE a;\n  '%s", "USE a;\n  `%s", "USE a;\n  \"%s", "USE a;\n  /*%s", "USE a;\n  'it''s%s"})
    void anOpenQuoteOrCommentIsAFaultAtItsStart(String pattern) {
        Script script = new Script(String.format(pattern, " never; closed\n -- x"));
        LaunchFault fault = assertThrows(LaunchFault.class, () -> ScriptLexer.split(script));
        assertEquals(FailureCode.SQL_INVALID, fault.code);
        assertEquals("2:3", fault.span.line + ":" + fault.span.column);
        assertEquals(2, fault.statement);
    }

    @Test
    void aNulIsAFault() {
        LaunchFault fault = assertThrows(LaunchFault.class, () -> ScriptLexer.split(new Script("USE\na\0;")));
        assertEquals("2:2", fault.span.line + ":" + fault.span.column);
    }

    @Test
    void columnsCountCodePointsAndEveryLineEndCounts() throws LaunchFault {
        assertEquals(List.of("1:1 SETUP USE '😀é'", "1:12 SETUP USE b"), split("USE '😀é';  USE b"));
        assertEquals(List.of("1:1 SETUP A", "2:1 SETUP B", "3:1 SETUP C", "4:1 SETUP D"), split("A;\r\nB;\rC;\nD"));
    }

    @Test
    void aByteOrderMarkIsNoText() throws LaunchFault {
        assertEquals("USE a", ScriptLexer.split(new Script("\ufeffUSE a")).get(0).text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "SET 'a.b' = 'c d' | a.b | c d",
                "SET a.b = c | a.b | c",
                "set a.b=c | a.b | c",
                "SET 'a'='it''s' | a | it's",
                "SET /* why */ 'a' -- and\\n = 'b' | a | b",
                "RESET 'a' | a |",
                "RESET a | a |",
                "RESET | |",
            })
    void settingsAreRead(String text, String key, String value) throws LaunchFault {
        Setting setting = Setting.parse(ScriptLexer.split(new Script(text.replace("\\n", "\n"))).get(0)).orElseThrow();
        assertEquals(key, setting.key);
        assertEquals(value, setting.value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET", "SET a", "SET a =", "SET = b", "SET 'a' = 'b' c", "RESET a b"})
    void otherSettingsAreLeftToFlink(String text) throws LaunchFault {
        assertEquals(true, Setting.parse(ScriptLexer.split(new Script(text)).get(0)).isEmpty());
    }
}
