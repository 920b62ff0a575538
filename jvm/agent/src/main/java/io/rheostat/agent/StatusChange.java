package io.rheostat.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobStatus;

/** A change of Flink's job status, in one shape for everybody who may see one. */
final class StatusChange {
    private StatusChange() {}

    /** Reports the change and, when the job will not change any more, the outcome; the cause may be null. */
    static void report(Consumer<Map<String, Object>> outbox, String jobId, JobStatus old, JobStatus now, Throwable failure) {
        String cause = CauseText.withFrames(failure);
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("kind", "status");
        change.put("job_id", jobId);
        change.put("old", old.name());
        change.put("new", now.name());
        change.put("cause", cause);
        outbox.accept(change);
        if (now.isGloballyTerminalState()) {
            Map<String, Object> outcome = new LinkedHashMap<>();
            outcome.put("kind", "outcome");
            outcome.put("status", now.name());
            outcome.put("job_id", jobId);
            outcome.put("cause", cause);
            outbox.accept(outcome);
        }
    }
}
