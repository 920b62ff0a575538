package io.rheostat.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thread dumps, patience, exit points, and the reading of JSON. */
@Timeout(20)
class WatchfulnessTest {
    private final List<Map<String, Object>> events = Collections.synchronizedList(new ArrayList<>());

    @Test
    void aProgramThatBlocksIsToldOfOnceWithItsThread() throws Exception {
        Patience.begin(events::add, Duration.ofMillis(50));
        Thread.sleep(400);
        assertEquals(1, events.size());
        assertEquals("waiting", events.get(0).get("kind"));
        assertEquals(50L, events.get(0).get("ms"));
        String dump = events.get(0).get("thread_dump").toString();
        assertTrue(dump.startsWith("\"" + Thread.currentThread().getName() + "\" TIMED_WAITING\n  at "), dump);
        assertTrue(dump.contains("WatchfulnessTest.aProgramThatBlocks"), dump);
    }

    @Test
    void aProgramThatSubmitsInTimeIsNotToldOf() throws Exception {
        Patience.begin(events::add, Duration.ofMillis(100)).end();
        Thread.sleep(300);
        assertEquals(List.of(), events);
    }

    @Test
    void aDumpIsBoundedHoweverManyThreads() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < 200; i++) {
            Thread thread =
                    new Thread(
                            () -> {
                                try {
                                    end.await();
                                } catch (InterruptedException ended) {
                                    Thread.currentThread().interrupt();
                                }
                            },
                            "größe-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        try {
            String dump = ThreadDump.of(Thread.currentThread());
            int size = dump.getBytes(StandardCharsets.UTF_8).length;
            assertTrue(size <= ThreadDump.LIMIT_BYTES && size > ThreadDump.LIMIT_BYTES / 2, "" + size);
            assertTrue(dump.endsWith(Excerpt.MARK));
            assertTrue(dump.startsWith("\"" + Thread.currentThread().getName() + "\" RUNNABLE"));
        } finally {
            end.countDown();
        }
    }

    private static StackTraceElement frame(String loader, String module, String type, String method) {
        return new StackTraceElement(loader, module, null, type, method, "X.java", 7);
    }

    private static StackTraceElement[] exiting(StackTraceElement... callers) {
        List<StackTraceElement> frames = new ArrayList<>();
        frames.add(frame(null, "java.base", "java.lang.Object", "wait"));
        frames.add(frame(null, "java.base", "java.lang.Shutdown", "exit"));
        frames.add(frame(null, "java.base", "java.lang.Runtime", "exit"));
        frames.add(frame(null, "java.base", "java.lang.System", "exit"));
        frames.addAll(Arrays.asList(callers));
        return frames.toArray(new StackTraceElement[0]);
    }

    @Test
    void theProgramsExitHasAPlace() {
        StackTraceElement program = frame(null, null, "com.shop.Main", "main");
        StackTraceElement runner = frame(null, null, "io.rheostat.agent.JarRunner", "run");
        StackTraceElement library = frame("app", null, "org.some.Library", "fail");
        assertEquals(program, ExitPoint.in(exiting(program, runner)));
        assertEquals(library, ExitPoint.in(exiting(library, program)));
        StackTraceElement[] direct = exiting(program);
        direct[3] = program;
        assertEquals(program, ExitPoint.in(direct));
    }

    @Test
    void flinksExitAndASignalAreNotTheProgramS() {
        assertNull(ExitPoint.in(exiting(frame("app", null, "org.apache.flink.runtime.entrypoint.ClusterEntrypoint", "run"))));
        assertNull(ExitPoint.in(exiting(frame(null, null, "org.apache.flink.plugin.X", "run"), frame(null, null, "io.rheostat.agent.SqlRunner", "x"))));
        assertNull(ExitPoint.in(new StackTraceElement[] {
            frame(null, "java.base", "java.lang.Shutdown", "exit"), frame(null, "java.base", "java.lang.Terminator$1", "handle")}));
        assertNull(ExitPoint.in(new StackTraceElement[0]));
        assertNull(ExitPoint.find());
    }

    @Test
    void jsonIsReadAsItWasWritten() {
        String text = "{\"a\":\"\\\"\\\\\\n\\r\\té😀\",\"n\":12345678901234567890.5,\"l\":[1,\"x\",null,true,[],{}],\"m\":{\"k\":\"v\"},\"b\":false}";
        assertEquals(text, Json.object(JsonReader.object(text)));
        assertEquals(Map.of("a", "A/\b\f"), JsonReader.object(" { \"a\" : \"\\u0041\\/\\b\\f\" } \n"));
        assertEquals(new BigDecimal("-1.5E+2"), JsonReader.object("{\"n\":-1.5e2}").get("n"));
        assertTrue(JsonReader.object("{\"n\":null}").containsKey("n"));
        assertFalse(Json.object(JsonReader.object("{\"n\":null}")).contains("n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "[]", "1", "{", "{}x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":tru}", "{\"a\":--1}", "{\"a\":\"x",
        "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\n\"}", "{\"a\":[1,]}", "<html>"})
    void whatIsNoJsonObjectIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> JsonReader.object(text));
    }

    @Test
    void jsonThatIsTooDeepIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> JsonReader.object("{\"a\":" + "[".repeat(5000)));
    }
}
