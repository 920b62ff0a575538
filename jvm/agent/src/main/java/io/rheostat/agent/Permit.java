package io.rheostat.agent;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Claims the launch permit of an attempt on Kubernetes, before Flink's entry point starts.
 *
 * <p>A step of the main container's command: {@code id=$(java -cp agent.jar io.rheostat.agent.Permit) && export
 * RHEOSTAT_INCARNATION=$id && exec kubernetes-jobmanager.sh …}. It ends with status 0, and its incarnation as its only
 * output, when this JobManager may go. While it cannot look it waits, and says so once a minute. Refused, it says why,
 * reports it, and stays until it is ended: it neither runs anything nor lets the container restart for ever.
 */
public final class Permit {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(10);
    private static final Duration SAY_EVERY = Duration.ofMinutes(1);

    private final ClusterApi api;
    private final String incarnation;
    private final Duration firstPause;
    private final Consumer<String> log;
    private long sayAgainAt = System.nanoTime();

    Permit(ClusterApi api, String incarnation, Duration firstPause, Consumer<String> log) {
        this.api = api;
        this.incarnation = incarnation;
        this.firstPause = firstPause;
        this.log = log;
    }

    /** Called by the container's command; everything it needs to know is in the environment. */
    public static void main(String[] args) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        String given = environment.getOrDefault("RHEOSTAT_INCARNATION", "");
        String incarnation = given.matches("[0-9A-Za-z-]{16,64}") ? given : UUID.randomUUID().toString().replace("-", "");
        ClusterApi api;
        try {
            api = new ClusterApi(environment, ANSWER_WITHIN);
        } catch (IllegalArgumentException unusable) {
            park(Map.of("reason", "the permit cannot be asked for: " + unusable.getMessage()), event -> {});
            return;
        }
        Map<String, Object> refusal = new Permit(api, incarnation, FIRST_PAUSE, Notice::say).ask();
        if (refusal == null) {
            Notice.say("the permit is claimed by " + incarnation);
            System.out.println(incarnation);
        } else {
            Map<String, String> own = new LinkedHashMap<>(environment);
            own.put("RHEOSTAT_INCARNATION", incarnation);
            park(refusal, SharedOutbox.find(own));
        }
    }

    /** Null when this JobManager may go, and that is written down; else why it may not. Waits as long as nothing is known. */
    Map<String, Object> ask() throws InterruptedException {
        long pause = firstPause.toMillis();
        while (true) {
            try {
                PermitRecord record = api.read();
                if (record == null) {
                    return Map.of("reason", "the permit is revoked");
                }
                PermitRecord.Answer answer = record.answer(incarnation);
                if (answer == PermitRecord.Answer.REFUSE) {
                    return describe(record);
                }
                if (answer == PermitRecord.Answer.GO || api.replace(record.claimedBy(incarnation))) {
                    return null;
                }
                // Somebody else wrote first. Not all of them at once again.
                pause = firstPause.toMillis();
                Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2 + 1));
            } catch (ClusterApi.Unseen unseen) {
                sayOnceAMinute("cannot look at the permit, so nothing runs: " + unseen.getMessage());
                Thread.sleep(pause);
                pause = Math.min(pause * 2, LAST_PAUSE.toMillis());
            }
        }
    }

    private void sayOnceAMinute(String text) {
        long now = System.nanoTime();
        if (now - sayAgainAt >= 0) {
            log.accept(text);
            sayAgainAt = now + SAY_EVERY.toNanos();
        }
    }

    private static Map<String, Object> describe(PermitRecord record) {
        Map<String, Object> refusal = new LinkedHashMap<>();
        refusal.put("reason", record.refusal());
        for (String key : new String[] {"state", "policy", "ha", "claimed-by", "outcome"}) {
            refusal.put(key.replace('-', '_'), record.value(key).isEmpty() ? null : record.value(key));
        }
        return refusal;
    }

    /** Reports the refusal until somebody takes note; says it again now and then, so that it is the log's last line. */
    private static void park(Map<String, Object> refusal, Consumer<Map<String, Object>> outbox) throws InterruptedException {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("kind", "refused");
        event.putAll(refusal);
        outbox.accept(event);
        for (long minutes = 1; ; minutes = 60) {
            Notice.say("refused, nothing runs here: " + refusal.get("reason"));
            TimeUnit.MINUTES.sleep(minutes);
        }
    }
}
