package io.rheostat.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The JVM's one queue of events towards the control plane: one sequence, one thread.
 *
 * <p>Giving an event never blocks on the network or a disk and never throws. An event is a map with a
 * {@code kind}; three kinds mean something here: {@code outcome} (written to the run folder first, only
 * the first one counts, never dropped), {@code hold} (not sent: from now on only an outcome with {@code
 * held = true} counts, so that cancelling a job that we failed does not overwrite why), {@code status}
 * (dropped oldest first when the queue is full).
 *
 * <p>Loaded by {@link SharedOutbox} in a class loader of its own, so it may use JDK classes only.
 */
public final class Outbox implements Consumer<Map<String, Object>> {
    static final int CAPACITY = 1000;
    static final int BATCH_EVENTS = 100;
    static final int BATCH_BYTES = 200_000;
    /** How often an outbox with nothing to say delivers an empty batch, so that its silence means something. */
    static final Duration BEAT = Duration.ofSeconds(10);

    private static final int TEXT_LIMIT = 16_384;
    private static final Duration DRAIN = Duration.ofSeconds(2);
    private static final Duration EXIT_PATIENCE = Duration.ofMillis(500);
    private static final long FIRST_PAUSE_MS = 200;
    private static final long LAST_PAUSE_MS = 5_000;
    private static final long LAST_PAUSE_REFUSED_MS = 30_000;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Object lock = new Object();
    private final List<Entry> queue = new ArrayList<>();
    private final Post post;
    private final RunFolder folder;
    private final OutcomeFile outcomes;
    private final Consumer<String> elsewhere;
    private final Clock clock = Clock.systemUTC();
    private final Duration beat;
    private long sequence;
    private long dropped;
    private int inFlight;
    private boolean urgent;
    private boolean draining;
    private boolean gone;
    private boolean held;
    private Thread outcomeThread;

    Outbox(RunFolder folder, Post post) {
        this(folder, post, outcome -> {});
    }

    Outbox(RunFolder folder, Post post, Consumer<String> elsewhere) {
        this(folder, post, elsewhere, BEAT);
    }

    /** {@code elsewhere} is given the outcome's JSON once, after the file and before the report; it may take its time. */
    Outbox(RunFolder folder, Post post, Consumer<String> elsewhere, Duration beat) {
        this.beat = beat;
        this.folder = folder;
        this.post = post;
        this.elsewhere = elsewhere;
        this.outcomes = new OutcomeFile(folder.outcome());
    }

    /** Opens the outbox of the run folder that the environment names, with its thread and its shutdown hook. */
    public static Consumer<Map<String, Object>> open(Map<String, String> environment) {
        RunFolder folder =
                RunFolder.of(environment).orElseThrow(() -> new IllegalStateException("RHEOSTAT_RUN_DIR is not set"));
        Outbox outbox = new Outbox(folder, new HttpPost(folder), new PodOutcome(environment));
        outbox.start();
        Runtime.getRuntime().addShutdownHook(thread("rheostat-bye", outbox::shutDown));
        return outbox;
    }

    void start() {
        thread("rheostat-outbox", this::deliverForEver).start();
    }

    /** Takes an event; fields with null values are left out. The map is not kept. */
    @Override
    public void accept(Map<String, Object> event) {
        try {
            Map<String, Object> fields = new LinkedHashMap<>(event);
            String kind = String.valueOf(fields.remove("kind"));
            Instant now = clock.instant();
            if ("hold".equals(kind)) {
                synchronized (lock) {
                    held = true;
                }
            } else if ("outcome".equals(kind)) {
                takeOutcome(fields, now);
            } else {
                enqueue(kind, fields, now);
            }
        } catch (RuntimeException failure) {
            Notice.say("an event was lost: " + failure.getClass().getName());
        }
    }

    private void takeOutcome(Map<String, Object> fields, Instant now) {
        boolean ours = Boolean.TRUE.equals(fields.remove("held"));
        synchronized (lock) {
            if (outcomeThread != null || (held && !ours)) {
                return;
            }
            outcomeThread = thread("rheostat-outcome", () -> settle(fields, now));
            outcomeThread.start();
        }
    }

    /** On a thread of its own: the caller may be Flink's main thread, and the outbox's thread may be in a long try. */
    private void settle(Map<String, Object> fields, Instant now) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("attempt", folder.attempt());
        file.put("incarnation", folder.incarnation());
        file.put("at", STAMP.format(now));
        file.putAll(fields);
        try {
            if (!outcomes.write(file)) {
                Notice.say("outcome.json exists already and is kept");
            } else {
                elsewhere.accept(OutcomeFile.render(file));
            }
        } catch (IOException | RuntimeException failure) {
            Notice.say("cannot write outcome.json: " + failure.getClass().getSimpleName());
        }
        enqueue("outcome", fields, now);
    }

    private void enqueue(String kind, Map<String, Object> fields, Instant now) {
        synchronized (lock) {
            if (gone) {
                return;
            }
            if (queue.size() >= CAPACITY && !makeRoom(kind)) {
                dropped++;
                return;
            }
            Map<String, Object> whole = new LinkedHashMap<>();
            whole.put("seq", ++sequence);
            whole.put("at", STAMP.format(now));
            whole.put("kind", kind);
            whole.put("dropped", dropped > 0 ? dropped : null);
            fields.forEach((name, value) -> whole.put(name, value instanceof String ? Excerpt.of((String) value, TEXT_LIMIT) : value));
            queue.add(new Entry(kind, Json.object(whole), dropped));
            dropped = 0;
            urgent |= "outcome".equals(kind);
            lock.notifyAll();
        }
    }

    /** Drops the oldest status event that is not under way; a word that is not about status may then exceed the capacity. */
    private boolean makeRoom(String kind) {
        for (int i = inFlight; i < queue.size(); i++) {
            if ("status".equals(queue.get(i).kind)) {
                dropped += 1 + queue.remove(i).dropped;
                return true;
            }
        }
        return !"status".equals(kind);
    }

    private void deliverForEver() {
        int failures = 0;
        while (true) {
            List<String> batch;
            synchronized (lock) {
                if (!awaitEvents()) {
                    return;
                }
                batch = batch(); // An empty one is a sign of life.
                inFlight = batch.size();
                urgent = false;
            }
            Post.Answer answer = deliver(batch);
            synchronized (lock) {
                inFlight = 0;
                if (answer == Post.Answer.ACKNOWLEDGED) {
                    queue.subList(0, batch.size()).clear();
                    failures = 0;
                    lock.notifyAll();
                } else if (answer == Post.Answer.GONE) {
                    gone = true;
                    queue.clear();
                    lock.notifyAll();
                    return;
                } else if (!pauseAfter(answer, failures++)) {
                    return;
                }
            }
        }
    }

    /** Until there is something to say or, after the hello, to give a sign of life. False when the thread was told to end. */
    private boolean awaitEvents() {
        long until = System.nanoTime() + beat.toNanos();
        while (queue.isEmpty()) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0 && sequence > 0) {
                return true;
            }
            if (!pause(Math.max(left, 0))) {
                return false;
            }
        }
        return true;
    }

    private Post.Answer deliver(List<String> batch) {
        try {
            return post.deliver(batch);
        } catch (Throwable failure) { // The thread must outlive an Error too.
            Notice.say("delivery failed: " + failure.getClass().getName());
            return Post.Answer.UNAVAILABLE;
        }
    }

    private List<String> batch() {
        List<String> batch = new ArrayList<>();
        int bytes = 0;
        for (Entry entry : queue) {
            bytes += entry.json.getBytes(StandardCharsets.UTF_8).length + 1;
            if (!batch.isEmpty() && (batch.size() == BATCH_EVENTS || bytes > BATCH_BYTES)) {
                break;
            }
            batch.add(entry.json);
        }
        return batch;
    }

    private boolean pauseAfter(Post.Answer answer, int failures) {
        long last = answer == Post.Answer.REFUSED ? LAST_PAUSE_REFUSED_MS : LAST_PAUSE_MS;
        long pause = draining ? FIRST_PAUSE_MS : Math.min(last, FIRST_PAUSE_MS << Math.min(failures, 10));
        long until = System.nanoTime() + pause * 1_000_000;
        boolean wasDraining = draining;
        while (!urgent && wasDraining == draining) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return true;
            }
            if (!pause(left)) {
                return false;
            }
        }
        return true;
    }

    /** Waits on the lock; 0 waits until notified. False when the thread was told to end. */
    private boolean pause(long millis) {
        try {
            lock.wait(millis);
            return true;
        } catch (InterruptedException interrupted) {
            return false;
        }
    }

    /** Says how the JVM came to its end, if the program ended it, and bye; gives the queue two seconds to empty. */
    void shutDown() {
        long until = System.nanoTime() + DRAIN.toNanos();
        try {
            reportExit();
            Thread settling;
            synchronized (lock) {
                settling = outcomeThread;
                draining = true;
            }
            if (settling != null) {
                settling.join(DRAIN.toMillis());
            }
            accept(Map.of("kind", "bye"));
            synchronized (lock) {
                while (!queue.isEmpty() && !gone) {
                    long left = (until - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        return;
                    }
                    lock.wait(left);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A program that ends the JVM ends its job: without this its last word would be missing, and it would be started again. */
    private void reportExit() throws InterruptedException {
        StackTraceElement caller = ExitPoint.find();
        if (caller != null) {
            awaitOutcome();
            Map<String, Object> outcome = new LinkedHashMap<>();
            outcome.put("kind", "outcome");
            outcome.put("status", "FAILED");
            outcome.put("code", "exited");
            outcome.put("message", "The program ended the JobManager by System.exit at " + caller + ". Remove that call.");
            accept(outcome);
        }
    }

    /** The job may have ended a moment ago; then the exit is no news, and that word is on its way. */
    private void awaitOutcome() throws InterruptedException {
        long until = System.nanoTime() + EXIT_PATIENCE.toNanos();
        synchronized (lock) {
            while (outcomeThread == null && System.nanoTime() < until) {
                lock.wait(50);
            }
        }
    }

    private static Thread thread(String name, Runnable work) {
        // No inherited thread locals, and a context loader that nobody closes.
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(Outbox.class.getClassLoader());
        return thread;
    }

    private static final class Entry {
        final String kind;
        final String json;
        final long dropped;

        Entry(String kind, String json, long dropped) {
            this.kind = kind;
            this.json = json;
            this.dropped = dropped;
        }
    }
}
