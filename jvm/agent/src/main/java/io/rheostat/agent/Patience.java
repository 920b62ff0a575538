package io.rheostat.agent;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Says once, with all threads, when a program has submitted nothing for two minutes; then it goes on waiting. */
final class Patience {
    static final Duration LIMIT = Duration.ofSeconds(120);

    private final Consumer<Map<String, Object>> outbox;
    private final Thread main = Thread.currentThread();
    private final Duration limit;
    private final Thread timer;

    private Patience(Consumer<Map<String, Object>> outbox, Duration limit) {
        this.outbox = outbox;
        this.limit = limit;
        this.timer = new Thread(null, this::await, "rheostat-patience", 0, false);
        timer.setDaemon(true);
    }

    /** Begins to count for the calling thread. */
    static Patience begin(Consumer<Map<String, Object>> outbox) {
        return begin(outbox, LIMIT);
    }

    static Patience begin(Consumer<Map<String, Object>> outbox, Duration limit) {
        Patience patience = new Patience(outbox, limit);
        patience.timer.start();
        return patience;
    }

    /** It was submitted, or will never be. */
    void end() {
        timer.interrupt();
    }

    private void await() {
        try {
            Thread.sleep(limit.toMillis());
        } catch (InterruptedException submitted) {
            return;
        }
        try {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("kind", "waiting");
            event.put("ms", limit.toMillis());
            event.put("thread_dump", ThreadDump.of(main));
            outbox.accept(event);
            Notice.say("nothing was submitted within " + limit.toSeconds() + " s; still waiting for the program");
        } catch (RuntimeException failure) {
            Notice.say("cannot tell what the program waits for: " + failure.getClass().getName());
        }
    }
}
