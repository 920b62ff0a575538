package io.rheostat.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Puts an outcome where the end of a pod does not take it along: into the container's termination message ({@code
 * RHEOSTAT_TERMINATION_MESSAGE}, a file) and into the launch permit ({@code RHEOSTAT_PERMIT}), which ends the attempt
 * for every later incarnation. Does nothing where neither is named.
 */
final class PodOutcome implements Consumer<String> {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long PAUSE_MS = 500;

    private final Map<String, String> environment;

    PodOutcome(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Never throws; tries for half a minute, since the report waits for it. */
    @Override
    public void accept(String outcome) {
        try {
            String message = environment.get("RHEOSTAT_TERMINATION_MESSAGE");
            if (message != null) {
                // Mounted by the kubelet: it cannot be replaced, only written.
                Files.writeString(Path.of(message), outcome);
            }
        } catch (IOException | RuntimeException failure) {
            Notice.say("cannot write the termination message: " + failure.getClass().getSimpleName());
        }
        try {
            if (environment.containsKey("RHEOSTAT_PERMIT")) {
                end(outcome);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            Notice.say("cannot write the outcome into the permit: " + failure.getClass().getSimpleName());
        }
    }

    private void end(String outcome) throws InterruptedException {
        ClusterApi api = new ClusterApi(environment, ANSWER_WITHIN);
        long until = System.nanoTime() + PATIENCE.toNanos();
        String trouble = "it was written by others again and again";
        while (System.nanoTime() < until) {
            try {
                PermitRecord record = api.read();
                // The first outcome counts; a revoked permit refuses everybody anyway.
                if (record == null || record.isEnded() || api.replace(record.ended(outcome))) {
                    return;
                }
            } catch (ClusterApi.Unseen unseen) {
                trouble = unseen.getMessage();
            }
            Thread.sleep(PAUSE_MS);
        }
        Notice.say("the outcome is not in the permit: " + trouble);
    }
}
