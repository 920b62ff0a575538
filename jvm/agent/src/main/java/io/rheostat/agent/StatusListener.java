package io.rheostat.agent;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.core.execution.JobExecutionStatusEvent;
import org.apache.flink.core.execution.JobStatusChangedEvent;
import org.apache.flink.core.execution.JobStatusChangedListener;

/** Reports status changes on Flink 2.x, see {@link StatusPoller}; called on the JobMaster's main thread, so it neither blocks nor throws. */
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
        StatusChange.report(outbox, event.jobId().toString(), event.oldStatus(), event.newStatus(), event.exception());
    }
}
