package io.rheostat.agent;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.table.api.internal.TableEnvironmentInternal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules and the compiler together, against Flink's real parser and planner; nothing is submitted. */
class ScriptRulesTest {
    private static final ReservedKeys RESERVED = new ReservedKeys(List.of("rest.port", "high-availability.*"));
    private static final String TABLES =
            "CREATE TABLE src (id INT, v STRING) WITH ('connector'='datagen');\n"
                    + "CREATE TABLE a (id INT) WITH ('connector'='blackhole');\n"
                    + "CREATE TABLE b (id INT) WITH ('connector'='blackhole');\n"
                    + "CREATE TABLE d (id INT) WITH ('connector'='datagen');\n";

    private static List<ScriptCompiler.Insert> compile(String text) throws LaunchFault {
        Script script = new Script(text);
        List<Statement> statements = ScriptLexer.split(script);
        ScriptRules.check(script, statements, RESERVED);
        TableEnvironmentInternal environment = ScriptEnvironment.create(script, ScriptEnvironment.leading(statements));
        return ScriptCompiler.compile(script, statements, environment, RESERVED);
    }

    /** Code and position of the fault, as {@code code line:column}. */
    private static String fault(String text) {
        LaunchFault fault = assertThrows(LaunchFault.class, () -> compile(text));
        return fault.code.wire() + (fault.span == null ? "" : " " + fault.span.line + ":" + fault.span.column);
    }

    @Test
    void independentInsertsAreJoined() throws LaunchFault {
        List<ScriptCompiler.Insert> inserts =
                compile(TABLES + "INSERT INTO a SELECT id FROM src;\nINSERT INTO b SELECT id FROM src;\nINSERT INTO a SELECT 1;");
        assertEquals(List.of(5, 6, 7), inserts.stream().map(i -> i.statement.number).collect(Collectors.toList()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT id FROM src; INSERT INTO b SELECT id FROM src; END;",
                "BEGIN STATEMENT SET; INSERT INTO a SELECT id FROM src; INSERT INTO b SELECT id FROM src; END;",
                "EXECUTE INSERT INTO a SELECT id FROM src; INSERT INTO b SELECT id FROM src",
                "CREATE TABLE n WITH ('connector'='blackhole') AS SELECT id FROM src; INSERT INTO b SELECT id FROM src",
            })
    void waysToWriteTwoInsertsInOneJob(String text) throws LaunchFault {
        assertEquals(2, compile(TABLES + text).size());
    }

    @Test
    void anExplicitSetMayReadWhatItWrites() {
        assertDoesNotThrow(
                () -> compile(TABLES + "EXECUTE STATEMENT SET BEGIN INSERT INTO d SELECT id FROM src; INSERT INTO a SELECT id FROM d; END;"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO d SELECT id FROM src;\nINSERT INTO a SELECT id FROM d",
                "INSERT INTO d SELECT id FROM src;\nINSERT INTO a SELECT id FROM src WHERE id IN (SELECT id FROM d)",
                "INSERT INTO d SELECT id FROM src;\nINSERT INTO a SELECT x.id FROM src AS x JOIN d AS y ON x.id = y.id",
                "CREATE VIEW w AS SELECT id FROM d;INSERT INTO d SELECT id FROM src;\nINSERT INTO a SELECT id FROM w",
                "CREATE TABLE n WITH ('connector'='blackhole') AS SELECT id FROM src;\nINSERT INTO a SELECT id FROM n",
                "CREATE TABLE n WITH ('connector'='blackhole') AS SELECT id FROM src;\nINSERT INTO n SELECT id FROM src",
            })
    void readingWhatAnotherWritesIsRefused(String text) {
        assertEquals("sql_refused 6:1", fault(TABLES + text));
    }

    @Test
    void readingItsOwnTargetIsFine() {
        assertDoesNotThrow(() -> compile(TABLES + "INSERT INTO d SELECT id + 1 FROM d"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "SELECT 1; | 5:1",
                "SHOW TABLES; | 5:1",
                "DESCRIBE a; | 5:1",
                "EXPLAIN SELECT 1; | 5:1",
                "CALL x.y(); | 5:1",
                "ANALYZE TABLE a COMPUTE STATISTICS; | 5:1",
                "DELETE FROM a WHERE id = 1; | 5:1",
                "INSERT INTO a SELECT 1; SET 'x' = 'y'; | 5:25",
                "INSERT INTO a SELECT 1; RESET; | 5:25",
                "INSERT INTO a SELECT 1; ADD JAR '/x.jar'; | 5:25",
                "INSERT INTO a SELECT 1; DROP TABLE b; | 5:25",
                "INSERT INTO a SELECT 1; SELECT 1; | 5:25",
                "INSERT INTO a SELECT 1; EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END; | 5:25",
                "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END; INSERT INTO a SELECT 1; | 5:58",
                "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; | 5:1",
                "BEGIN STATEMENT SET; DROP TABLE a; END; | 5:22",
                "BEGIN STATEMENT SET; END; | 5:22",
                "INSERT INTO a SELECT 1; END; | 5:25",
                "SET 'execution.runtime-mode' = 'batch'; INSERT INTO a SELECT 1; | 5:1",
                "SET; INSERT INTO a SELECT 1; | 5:1",
            })
    void whatMakesNoJobOrASecondOneIsRefused(String text, String place) {
        assertEquals("sql_refused " + place, fault(TABLES + text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "SET 'rest.port' = '1'; | 1:5",
                "USE CATALOG default_catalog; SET high-availability.type = zookeeper; | 1:34",
                "INSERT INTO a SELECT 1; SET 'table.dml-sync' = 'true'; | 1:29",
                "RESET 'rest.port'; | 1:7",
                "SET '$internal.pipeline.job-id' = 'x'; | 1:5",
            })
    void reservedKeysAreRefusedWhereTheyStand(String text, String place) {
        LaunchFault fault = assertThrows(LaunchFault.class, () -> compile(text));
        assertEquals("reserved_key " + place, fault(text));
        assertTrue(fault.getMessage().contains("The key "), fault.getMessage());
    }

    @Test
    void aScriptWithoutInsertHasNoJob() {
        assertEquals("no_job", fault(TABLES));
        assertEquals("no_job", fault(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "INSERT INTO a\\n  SELECT nosuch\\n  FROM src; | sql_invalid 6:10",
                "INSERT INTO a SELEC id FROM src; | sql_invalid 5:15",
                "INSERT INTO a SELECT id FRM src; | sql_invalid 5:29",
                "INSERT INTO a SELECT /* 😀 */ nosuch FROM src; | sql_invalid 5:30",
                "\\tINSERT INTO a\\tSELECT nosuch FROM src; | sql_invalid 5:23",
                "INSERT INTO a SELECT id FROM nosuch; | sql_invalid 5:30",
                "INSERT INTO nosuch SELECT id FROM src; | sql_invalid 5:1",
                "INSERT INTO a SELECT f(id) FROM src; | sql_invalid 5:22",
                "CREATE TABLE a (id INT); INSERT INTO a SELECT 1; | sql_invalid 5:1",
                "CREATE TABLE u (id INT) WITH ('connector'='nosuch'); INSERT INTO a SELECT id FROM u; | missing_class 5:54",
                "CREATE FUNCTION g AS 'no.such.Class'; INSERT INTO a SELECT g(id) FROM src; | missing_class 5:39",
                "CREATE CATALOG c WITH ('type'='nosuch'); INSERT INTO a SELECT 1; | missing_class 5:1",
            })
    void flinksPositionsBecomeAbsolute(String text, String expected) {
        assertEquals(expected, fault(TABLES + text.replace("\\n", "\n").replace("\\t", "\t")));
    }

    @Test
    void messagesArePlain() {
        LaunchFault syntax = assertThrows(LaunchFault.class, () -> compile(TABLES + "INSERT INTO a SELECT id FRM src"));
        assertEquals("Flink did not expect \"src\" here.", syntax.getMessage());
        LaunchFault column = assertThrows(LaunchFault.class, () -> compile(TABLES + "INSERT INTO a SELECT nosuch FROM src"));
        assertEquals("Column 'nosuch' not found in any table.", column.getMessage());
        assertEquals("5:22-5:27", column.span.line + ":" + column.span.column + "-" + column.span.endLine + ":" + column.span.endColumn);
        assertTrue(CauseText.of(column.getCause()).contains("ValidationException"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "SET 'pipeline.name' = 'file';\\n SET 'execution.checkpointing.interval' = 'often'; | 2:2",
                "SET 'execution.runtime-mode' = 'turbo'; | 1:1",
                "SET pipeline.name = x; SET execution.runtime-mode = automatic; | 1:24",
                "SET 'a' = 'b';\\nSET parallelism.default = many; | 2:1",
            })
    void aBadValueAtTheHeadIsAFaultThere(String text, String place) {
        assertEquals("sql_invalid " + place, fault(text.replace("\\n", "\n") + TABLES + "INSERT INTO a SELECT 1"));
    }

    @Test
    void settingsAtTheHeadReachTheEnvironment() throws LaunchFault {
        Script script = new Script("SET execution.runtime-mode = batch; SET 'a' = 'b'; SET 'c' = 'd'; RESET 'a'; USE CATALOG x; SET 'e' = 'f'");
        List<Setting> settings = ScriptEnvironment.leading(ScriptLexer.split(script));
        TableEnvironmentInternal environment = ScriptEnvironment.create(script, settings);
        var keys = environment.getConfig().getConfiguration().toMap();
        assertEquals("BATCH", keys.get("execution.runtime-mode").toUpperCase(java.util.Locale.ROOT));
        assertEquals("d", keys.get("c"));
        assertEquals(null, keys.get("a"));
        assertEquals(null, keys.get("e"));
    }

    @Test
    void settingsAndResetsBetweenStatementsTakeEffectInOrder() throws LaunchFault {
        Script script = new Script(TABLES + "SET 'x' = '1'; SET 'y' = '2'; RESET 'x'; SET z = 3; INSERT INTO a SELECT 1");
        List<Statement> statements = ScriptLexer.split(script);
        TableEnvironmentInternal environment = ScriptEnvironment.create(script, List.of());
        ScriptCompiler.compile(script, statements, environment, RESERVED);
        var keys = environment.getConfig().getConfiguration().toMap();
        assertEquals(Arrays.asList(null, "2", "3"), Arrays.asList(keys.get("x"), keys.get("y"), keys.get("z")));

        Script all = new Script(TABLES + "SET 'x' = '1'; RESET; INSERT INTO a SELECT 1");
        environment = ScriptEnvironment.create(all, List.of());
        ScriptCompiler.compile(all, ScriptLexer.split(all), environment, RESERVED);
        assertEquals(null, environment.getConfig().getConfiguration().toMap().get("x"));
    }

    @Test
    void jobsWithoutCheckpointsGetRestartsUnlessTheyChose() throws LaunchFault {
        assertEquals("fixed-delay", strategy(""));
        assertEquals("fixed-delay", strategy("SET execution.runtime-mode = batch; SET 'execution.checkpointing.interval' = '1s'"));
        assertEquals(null, strategy("SET 'execution.checkpointing.interval' = '1s'"));
        assertEquals("none", strategy("SET 'restart-strategy.type' = 'none'"));
    }

    private static String strategy(String text) throws LaunchFault {
        Script script = new Script(text);
        TableEnvironmentInternal environment = ScriptEnvironment.create(script, ScriptEnvironment.leading(ScriptLexer.split(script)));
        ScriptEnvironment.addDefaults(environment);
        return environment.getConfig().getConfiguration().toMap().get("restart-strategy.type");
    }
}
