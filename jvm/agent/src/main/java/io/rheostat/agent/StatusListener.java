package io.rheostat.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobExecutionStatusEvent;
import org.apache.flink.core.execution.JobStatusChangedEvent;
import org.apache.flink.core.execution.JobStatusChangedListener;

/** Reports status changes; called on the JobMaster's main thread, so it neither blocks nor throws. */
final class StatusListener implements JobStatusChangedListener {
    private final Consumer<Map<String, Object>> outbox;

    StatusListener(Consumer<Map<String, Object>> outbox) {
        this.outbox = outbox;
    }

    @Override
    public void onEvent(JobStatusChangedEvent event) {
        try {
            // The other kind of event, job created, says nothing that the runner has not said.
            if (event instanceof JobExecutionStatusEvent) {
                report((JobExecutionStatusEvent) event);
            }
        } catch (Throwable failure) { // On Flink's main thread even an Error would end the job.
            Notice.say("a status change was lost: " + failure.getClass().getName());
        }
    }

    private void report(JobExecutionStatusEvent event) {
        String cause = CauseText.withFrames(event.exception());
        JobStatus status = event.newStatus();
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("kind", "status");
        change.put("job_id", event.jobId().toString());
        change.put("old", event.oldStatus().name());
        change.put("new", status.name());
        change.put("cause", cause);
        outbox.accept(change);
        if (status.isGloballyTerminalState()) {
            Map<String, Object> outcome = new LinkedHashMap<>();
            outcome.put("kind", "outcome");
            outcome.put("status", status.name());
            outcome.put("job_id", event.jobId().toString());
            outcome.put("cause", cause);
            outbox.accept(outcome);
        }
    }
}
