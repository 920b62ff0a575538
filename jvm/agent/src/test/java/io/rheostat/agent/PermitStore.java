package io.rheostat.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingDeque;

/** A Kubernetes API server with one ConfigMap, replaced by compare-and-swap only. */
final class PermitStore implements AutoCloseable {
    private static final String PATH = "/api/v1/namespaces/flink/configmaps/permit-1";

    /** What to do to the next requests instead of answering them, in order: a status, "lose" or "stall". */
    final LinkedBlockingDeque<String> faults = new LinkedBlockingDeque<>();

    final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Path account;
    private Map<String, Object> object;
    private long version = 7;

    PermitStore(Path account, Map<String, String> data) throws IOException {
        this.account = account;
        Files.writeString(account.resolve("token"), "cluster-token\n");
        Files.writeString(account.resolve("namespace"), "flink");
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", "permit-1");
        metadata.put("labels", Map.of("app", "rheostat"));
        metadata.put("generation", new java.math.BigDecimal("3"));
        object = data == null ? null : new HashMap<>(Map.of("kind", "ConfigMap", "metadata", metadata, "data", data));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    Map<String, String> environment() {
        return Map.of(
                "RHEOSTAT_API", "http://127.0.0.1:" + server.getAddress().getPort(),
                "RHEOSTAT_SERVICE_ACCOUNT", account.toString(),
                "RHEOSTAT_PERMIT", "permit-1");
    }

    ClusterApi api() {
        return new ClusterApi(environment(), Duration.ofMillis(700));
    }

    @SuppressWarnings("unchecked")
    synchronized Map<String, String> data() {
        return (Map<String, String>) object.get("data");
    }

    @SuppressWarnings("unchecked")
    synchronized Map<String, Object> metadata() {
        return (Map<String, Object>) object.get("metadata");
    }

    synchronized void delete() {
        object = null;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String fault = faults.poll();
        requests.add(method + " " + exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        if (fault != null && fault.matches("\\d+")) {
            reply(exchange, Integer.parseInt(fault), "{}");
            return;
        }
        if ("garbage".equals(fault)) {
            reply(exchange, 200, "<html>hello");
            return;
        }
        Object[] answer = carryOut(method, exchange.getRequestURI().toString(), body);
        if ("lose".equals(fault)) {
            exchange.close();
        } else if ("stall".equals(fault)) {
            try {
                Thread.sleep(1500);
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        } else {
            reply(exchange, (Integer) answer[0], (String) answer[1]);
        }
    }

    @SuppressWarnings("unchecked")
    private synchronized Object[] carryOut(String method, String path, String body) {
        if (object == null || !path.equals(PATH)) {
            return new Object[] {404, "{\"reason\":\"NotFound\"}"};
        }
        if (method.equals("PUT")) {
            Map<String, Object> wanted = JsonReader.object(body);
            Object read = ((Map<String, Object>) wanted.get("metadata")).get("resourceVersion");
            if (!String.valueOf(version).equals(read)) {
                return new Object[] {409, "{\"reason\":\"Conflict\"}"};
            }
            version++;
            object = wanted;
        }
        metadata().put("resourceVersion", String.valueOf(version));
        return new Object[] {200, Json.object(object)};
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
