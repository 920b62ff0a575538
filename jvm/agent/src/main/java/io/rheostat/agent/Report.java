package io.rheostat.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.util.EnvironmentInformation;

/** What the runner has to say, as events for the outbox. */
final class Report {
    private final Consumer<Map<String, Object>> outbox;

    Report(Consumer<Map<String, Object>> outbox) {
        this.outbox = outbox;
    }

    /** What the cluster's configuration does not name is left out. */
    void hello(Map<String, String> configuration) {
        Map<String, Object> event = event("hello");
        event.put("pid", ProcessHandle.current().pid());
        event.put("flink_version", EnvironmentInformation.getVersion());
        event.put("java_version", System.getProperty("java.version"));
        event.put("rest_port", port(configuration.get("rest.port")));
        event.put("job_id", configuration.get("$internal.pipeline.job-id"));
        event.put("beat_ms", Outbox.BEAT.toMillis());
        outbox.accept(event);
    }

    void compiled(int statements, int inserts, long millis) {
        Map<String, Object> event = event("compiled");
        event.put("statements", statements);
        event.put("inserts", inserts);
        event.put("ms", millis);
        outbox.accept(event);
    }

    void submitted(String jobId, long millis) {
        Map<String, Object> event = event("submitted");
        event.put("job_id", jobId);
        event.put("ms", millis);
        outbox.accept(event);
    }

    /** The last word about a job that was cancelled before its listener existed. */
    void canceled(String jobId) {
        Map<String, Object> outcome = event("outcome");
        outcome.put("status", "CANCELED");
        outcome.put("job_id", jobId);
        outbox.accept(outcome);
    }

    /** From now on only {@link #failed}'s outcome counts, whatever becomes of a job that is being cancelled. */
    void hold() {
        outbox.accept(event("hold"));
    }

    /** Says the failure and, as the last word, the outcome; {@code jobId} is null when there was no job. */
    void failed(LaunchFault fault, String jobId) {
        boolean hasOwnCode = fault.code == FailureCode.MAIN_THREW;
        String cause = hasOwnCode ? CauseText.withFrames(fault.getCause()) : CauseText.of(fault.getCause());
        Map<String, Object> event = event("failed");
        describe(event, fault);
        event.put("end_line", fault.span != null && fault.span.hasEnd() ? fault.span.endLine : null);
        event.put("end_column", fault.span != null && fault.span.hasEnd() ? fault.span.endColumn : null);
        event.put("message", fault.getMessage());
        event.put("cause", cause);
        outbox.accept(event);

        Map<String, Object> outcome = event("outcome");
        outcome.put("status", "FAILED");
        outcome.put("job_id", jobId);
        describe(outcome, fault);
        outcome.put("message", fault.getMessage());
        outcome.put("cause", cause);
        outcome.put("held", true);
        outbox.accept(outcome);
    }

    private static void describe(Map<String, Object> event, LaunchFault fault) {
        event.put("code", fault.code.wire());
        event.put("statement", fault.statement > 0 ? fault.statement : null);
        event.put("line", fault.span == null ? null : fault.span.line);
        event.put("column", fault.span == null ? null : fault.span.column);
    }

    private static Integer port(String text) {
        return text != null && text.matches("[0-9]{1,5}") ? Integer.valueOf(text) : null;
    }

    private static Map<String, Object> event(String kind) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("kind", kind);
        return event;
    }
}
