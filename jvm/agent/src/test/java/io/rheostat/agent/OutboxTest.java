package io.rheostat.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class OutboxTest {
    @TempDir Path folder;
    private final List<HttpServer> servers = new ArrayList<>();
    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    private final List<String> tokens = Collections.synchronizedList(new ArrayList<>());
    private volatile int answer = 200;
    private volatile long delayMs;
    private Outbox outbox;

    @BeforeEach
    void prepare() throws IOException {
        Files.writeString(folder.resolve("agent.properties"), "attempt=att-1\nendpoint.file=" + folder.resolve("endpoint") + "\n");
        Files.writeString(folder.resolve("token"), "secret\n");
        RunFolder run = new RunFolder(folder, "inc-1");
        outbox = new Outbox(run, new HttpPost(run));
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    /** Starts a server and points the endpoint file at it. */
    private HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        servers.add(server);
        server.createContext(
                "/ingest/v1/events",
                exchange -> {
                    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                    tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
                    bodies.add(body);
                    try {
                        Thread.sleep(delayMs);
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.sendResponseHeaders(answer, -1);
                    exchange.close();
                });
        server.start();
        point(server.getAddress().getPort());
        return server;
    }

    private void point(int port) throws IOException {
        Files.writeString(folder.resolve("endpoint"), "http://127.0.0.1:" + port + "/\n");
    }

    private void give(String kind, Object... fields) {
        Map<String, Object> event = new java.util.LinkedHashMap<>(Map.of("kind", kind));
        for (int i = 0; i < fields.length; i += 2) {
            event.put((String) fields[i], fields[i + 1]);
        }
        outbox.accept(event);
    }

    /** Sequence and kind of every event received, in order of receipt. */
    private List<String> received() {
        Pattern event = Pattern.compile("\\{\"seq\":(\\d+),\"at\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\",\"kind\":\"(\\w+)\"(?:,\"dropped\":(\\d+))?");
        List<String> found = new ArrayList<>();
        for (String body : List.copyOf(bodies)) {
            Matcher matcher = event.matcher(body);
            while (matcher.find()) {
                found.add(matcher.group(1) + " " + matcher.group(2) + (matcher.group(3) == null ? "" : " -" + matcher.group(3)));
            }
        }
        return found;
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 15_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "waited in vain");
            Thread.sleep(20);
        }
    }

    @Test
    void anOutboxWithNothingToSayGivesSignsOfLifeOnceItHasSaidHello() throws Exception {
        serve();
        RunFolder run = new RunFolder(folder, "inc-1");
        outbox = new Outbox(run, new HttpPost(run), outcome -> {}, Duration.ofMillis(50));
        outbox.start();
        Thread.sleep(300);
        assertEquals(0, bodies.size(), "before its hello an incarnation is nobody");
        give("hello");
        until(() -> bodies.size() >= 3);
        assertEquals(List.of("1 hello"), received());
        assertEquals("{\"attempt\":\"att-1\",\"incarnation\":\"inc-1\",\"events\":[]}", bodies.get(1));
        give("status", "new", "RUNNING");
        until(() -> received().size() == 2);
        answer = 503;
        int before = bodies.size();
        until(() -> bodies.size() > before + 1);
        answer = 200;
        give("status", "new", "FINISHED");
        until(() -> received().contains("3 status"));
    }

    @Test
    void eventsArriveInOrderUnderOneEnvelope() throws Exception {
        serve();
        outbox.start();
        give("hello", "pid", 7);
        give("status", "new", "RUNNING", "cause", null);
        until(() -> received().size() == 2);
        assertEquals(List.of("1 hello", "2 status"), received());
        assertTrue(bodies.get(0).startsWith("{\"attempt\":\"att-1\",\"incarnation\":\"inc-1\",\"events\":[{\"seq\":1,"), bodies.get(0));
        assertEquals("Bearer secret", tokens.get(0));
        assertFalse(String.join("", bodies).contains("cause"));
    }

    @Test
    void aFailingServerIsTriedAgain() throws Exception {
        answer = 503;
        serve();
        outbox.start();
        give("hello");
        until(() -> bodies.size() >= 3);
        answer = 200;
        int before = bodies.size();
        until(() -> bodies.size() > before);
        give("status");
        until(() -> received().contains("2 status"));
        assertEquals(Collections.nCopies(received().size() - 1, "1 hello"), received().subList(0, received().size() - 1));
    }

    @Test
    void goneMeansSilenceButTheOutcomeIsStillWritten() throws Exception {
        answer = 410;
        serve();
        outbox.start();
        give("hello");
        until(() -> bodies.size() == 1);
        Thread.sleep(100);
        give("outcome", "status", "FINISHED");
        until(() -> Files.exists(folder.resolve("outcome.json")));
        Thread.sleep(500);
        assertEquals(1, bodies.size());
    }

    @Test
    void refusedEventsAreKept() throws Exception {
        answer = 403;
        serve();
        outbox.start();
        give("hello");
        until(() -> bodies.size() >= 2);
        answer = 200;
        until(() -> bodies.size() >= 4 || received().size() >= 3);
        assertEquals("1 hello", received().get(received().size() - 1));
    }

    @Test
    void theEndpointIsReadAnewBeforeEveryTry() throws Exception {
        outbox.start();
        give("hello");
        Thread.sleep(300);
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            point(nobody.getLocalPort());
        }
        Thread.sleep(600);
        HttpServer first = serve();
        until(() -> received().equals(List.of("1 hello")));
        first.stop(0);
        give("status");
        Thread.sleep(300);
        serve();
        until(() -> received().contains("2 status"));
    }

    @Test
    void aFullQueueDropsTheOldestStatusAndSaysSo() throws Exception {
        give("hello");
        IntStream.range(0, Outbox.CAPACITY + 4).forEach(i -> give("status"));
        give("outcome", "status", "FAILED");
        until(() -> Files.exists(folder.resolve("outcome.json")));
        Thread.sleep(100);
        serve();
        outbox.start();
        until(() -> received().stream().anyMatch(e -> e.contains("outcome")));
        List<String> all = received();
        assertEquals(Outbox.CAPACITY, all.size());
        assertEquals("1 hello", all.get(0));
        // Six made room, and the newest words about that were not lost.
        assertEquals("8 status", all.get(1));
        assertEquals(6, all.stream().filter(e -> e.contains(" -")).mapToInt(e -> Integer.parseInt(e.split(" -")[1])).sum());
        assertEquals("1006 outcome -1", all.get(all.size() - 1));
        assertTrue(bodies.stream().allMatch(b -> b.length() < 256_000), "batches stay small");
        assertTrue(bodies.size() >= 10, "at most a hundred events a batch");
    }

    @Test
    void onlyTheFirstOutcomeCounts() throws Exception {
        serve();
        outbox.start();
        give("outcome", "status", "FINISHED");
        give("outcome", "status", "FAILED");
        give("bye");
        until(() -> received().size() == 2);
        Thread.sleep(200);
        assertEquals(1, received().stream().filter(e -> e.contains("outcome")).count());
        assertTrue(Files.readString(folder.resolve("outcome.json")).contains("FINISHED"));
    }

    @Test
    void aHeldOutcomeWinsOverOneThatCameEarlier() throws Exception {
        serve();
        outbox.start();
        give("hold");
        give("outcome", "status", "CANCELED");
        give("outcome", "status", "FAILED", "held", true);
        until(() -> Files.exists(folder.resolve("outcome.json")));
        String written = Files.readString(folder.resolve("outcome.json"));
        assertTrue(written.contains("\"status\":\"FAILED\"") && !written.contains("held"), written);
    }

    @Test
    void shutdownSaysByeAndDrains() throws Exception {
        answer = 503;
        serve();
        outbox.start();
        give("hello");
        until(() -> bodies.size() >= 4);
        answer = 200;
        long begun = System.nanoTime();
        outbox.shutDown();
        assertTrue(System.nanoTime() - begun < 2_500_000_000L);
        List<String> all = received();
        assertEquals(List.of("1 hello", "2 bye"), all.subList(all.size() - 2, all.size()));
    }

    @Test
    void shutdownDoesNotWaitForADeadServer() throws Exception {
        delayMs = 10_000;
        serve();
        outbox.start();
        give("hello");
        until(() -> bodies.size() == 1);
        long begun = System.nanoTime();
        outbox.shutDown();
        assertTrue(System.nanoTime() - begun < 3_000_000_000L);
    }

    @Test
    void everyClassLoaderFindsTheSameOutbox() throws Exception {
        serve();
        Map<String, String> environment = Map.of("RHEOSTAT_RUN_DIR", folder.toString(), "RHEOSTAT_INCARNATION", "inc-2");
        try {
            var first = SharedOutbox.find(environment);
            assertTrue(first == SharedOutbox.find(environment));
            assertFalse(first instanceof Outbox, "lives in a loader of its own");
            first.accept(Map.of("kind", "hello"));
            until(() -> received().equals(List.of("1 hello")));
            assertEquals("", SharedOutbox.find(Map.of()).getClass().getName().replaceAll(".*", ""));
        } finally {
            System.getProperties().remove("io.rheostat.agent.outbox");
        }
    }

    @Test
    void longTextsAndManyEventsKeepTheOrder() throws Exception {
        serve();
        IntStream.range(0, 300).forEach(i -> give("status", "cause", "x".repeat(5000)));
        outbox.start();
        until(() -> received().size() == 300);
        assertEquals(
                IntStream.rangeClosed(1, 300).mapToObj(i -> i + " status").collect(Collectors.toList()), received());
        assertTrue(bodies.stream().allMatch(b -> b.length() <= 256 * 1024));
    }
}
