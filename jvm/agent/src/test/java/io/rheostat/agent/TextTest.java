package io.rheostat.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written: JSON, outcomes, causes, excerpts. */
class TextTest {
    @TempDir Path folder;

    @Test
    void jsonEscapesWhatItMust() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("a", "\"\\\n\r\t\u0001é😀");
        fields.put("half", "x\ud83dy");
        fields.put("n", 3L);
        fields.put("nothing", null);
        fields.put("b", true);
        assertEquals(
                "{\"a\":\"\\\"\\\\\\n\\r\\t\\u0001é😀\",\"half\":\"x\ufffdy\",\"n\":3,\"b\":true}", Json.object(fields));
        assertEquals("{}", Json.object(Map.of()));
    }

    @Test
    void excerptsSayThatTheyAreCutAndNeverHalveAPair() {
        assertEquals("short", Excerpt.of("short", 10));
        assertNull(Excerpt.of(null, 10));
        assertEquals("abc… (cut)", Excerpt.of("abcdefghijklmn", 10));
        assertEquals("ab… (cut)", Excerpt.of("ab😀efghijklmn", 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "😀", "\n", "\u0001", "\""})
    void outcomesFitWhateverTheirTexts(String unit) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", "FAILED");
        fields.put("message", unit.repeat(1000));
        fields.put("cause", unit.repeat(5000));
        String json = OutcomeFile.render(fields);
        int size = json.getBytes(StandardCharsets.UTF_8).length;
        assertTrue(size <= OutcomeFile.LIMIT_BYTES, "" + size);
        assertTrue(size > OutcomeFile.LIMIT_BYTES / 2, "" + size);
        assertTrue(json.contains(Excerpt.MARK) && json.contains("\"status\":\"FAILED\""), json);
    }

    @Test
    void anOutcomeIsWrittenOnceAndLeavesNoTemporaryFile() throws Exception {
        OutcomeFile file = new OutcomeFile(folder.resolve("outcome.json"));
        Files.writeString(folder.resolve("outcome.json.tmp"), "left over by a JVM that was killed, and longer than the new text");
        assertTrue(file.write(Map.of("status", "FINISHED")));
        assertFalse(file.write(Map.of("status", "FAILED")));
        assertEquals("{\"status\":\"FINISHED\"}", Files.readString(folder.resolve("outcome.json")));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void causesBeginWithTheRoot() {
        Exception root = new IllegalStateException("disk full");
        Exception middle = new RuntimeException("disk full", root);
        String text = CauseText.of(new Exception("job failed", new java.util.concurrent.CompletionException(middle)));
        assertTrue(text.startsWith("java.lang.IllegalStateException: disk full\nwrapped by java.lang.RuntimeException: disk full\nwrapped by java.util.concurrent.CompletionException\n"), text);
        assertTrue(text.endsWith("wrapped by java.lang.Exception: job failed"), text);
        assertTrue(CauseText.withFrames(root).contains("\n  at io.rheostat.agent.TextTest"));
        assertNull(CauseText.of(null));
        assertEquals(CauseText.LIMIT, CauseText.of(new Exception("x".repeat(9000))).length());
    }

    @Test
    void aCycleOfCausesEnds() {
        Exception a = new Exception("a");
        Exception b = new Exception("b", a);
        a.initCause(b);
        assertEquals("java.lang.Exception: b\nwrapped by java.lang.Exception: a", CauseText.of(a));
    }

    @Test
    void reservedKeysComeFromTheFile() throws Exception {
        Path file = folder.resolve("reserved.keys");
        assertFalse(ReservedKeys.read(file).covers("rest.port"));
        assertTrue(ReservedKeys.read(file).covers("table.dml-sync"));
        Files.writeString(file, "# why\nrest.port # port\n\n high-availability.* \n");
        ReservedKeys keys = ReservedKeys.read(file);
        assertTrue(keys.covers("rest.port") && keys.covers("high-availability.type"));
        assertFalse(keys.covers("rest.port.x") || keys.covers("high") || keys.covers("pipeline.name"));
    }

    @Test
    void withoutARunFolderTheAgentIsInert() {
        assertTrue(RunFolder.of(Map.of()).isEmpty());
        SharedOutbox.find(Map.of()).accept(Map.of("kind", "hello"));
        assertNull(System.getProperties().get("io.rheostat.agent.outbox"));
    }
}
