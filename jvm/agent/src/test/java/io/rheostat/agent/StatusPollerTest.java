package io.rheostat.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.client.JobExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
class StatusPollerTest {
    private final List<Map<String, Object>> events = new ArrayList<>();
    private final FakeFlink flink = new FakeFlink();
    private final StatusPoller poller = new StatusPoller(flink, events::add);

    private boolean lookAt(JobStatus status) throws InterruptedException {
        flink.status = status;
        return poller.look();
    }

    @Test
    void aFlinkWithAListenerNeedsNoPoller() {
        assertFalse(StatusPoller.isNeeded());
    }

    @Test
    void onlyChangesAreReported() throws Exception {
        assertTrue(lookAt(JobStatus.INITIALIZING));
        assertTrue(lookAt(JobStatus.CREATED));
        assertEquals(List.of(), events);
        assertTrue(lookAt(JobStatus.RUNNING));
        assertTrue(lookAt(JobStatus.RUNNING));
        assertTrue(lookAt(JobStatus.RESTARTING));
        assertEquals(
                List.of(
                        Map.of("kind", "status", "job_id", flink.id.toString(), "old", "CREATED", "new", "RUNNING"),
                        Map.of("kind", "status", "job_id", flink.id.toString(), "old", "RUNNING", "new", "RESTARTING")),
                withoutNulls());
    }

    private List<Map<String, Object>> withoutNulls() {
        List<Map<String, Object>> found = new ArrayList<>();
        for (Map<String, Object> event : events) {
            Map<String, Object> copy = new java.util.LinkedHashMap<>(event);
            copy.values().removeIf(java.util.Objects::isNull);
            found.add(copy);
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource(value = JobStatus.class, names = {"FINISHED", "CANCELED", "FAILED"})
    void theLastStatusIsTheOutcomeAndIsToldOnce(JobStatus last) throws Exception {
        assertFalse(lookAt(last));
        assertFalse(lookAt(JobStatus.RUNNING));
        assertEquals(2, events.size());
        assertEquals("status", events.get(0).get("kind"));
        assertEquals("outcome", events.get(1).get("kind"));
        assertEquals(last.name(), events.get(1).get("status"));
        assertEquals(flink.id.toString(), events.get(1).get("job_id"));
    }

    @Test
    void suspendedIsNoOutcome() throws Exception {
        assertFalse(lookAt(JobStatus.SUSPENDED));
        assertEquals(1, events.size());
    }

    @Test
    void aFailureCarriesItsCauseWithoutTheClientsEnvelopes() throws Exception {
        flink.result =
                new CompletionException(
                        new JobExecutionException(flink.id, "Job execution failed.", new RuntimeException("Recovery is suppressed", new ArithmeticException("/ by zero"))));
        assertFalse(lookAt(JobStatus.FAILED));
        String cause = events.get(1).get("cause").toString();
        assertTrue(cause.startsWith("java.lang.ArithmeticException: / by zero\n  at "), cause);
        assertTrue(cause.endsWith("\nwrapped by java.lang.RuntimeException: Recovery is suppressed"), cause);
        assertEquals(cause, events.get(0).get("cause"));
    }

    @Test
    void notBeingToldChangesNothing() throws Exception {
        flink.trouble = new IllegalStateException("no leader");
        assertTrue(poller.look());
        assertTrue(poller.look());
        assertEquals(List.of(), events);
        flink.trouble = null;
        assertFalse(lookAt(JobStatus.FINISHED));
    }

    @Test
    void aThreadOfItsOwnLooksUntilTheEnd() throws Exception {
        List<Map<String, Object>> told = java.util.Collections.synchronizedList(events);
        StatusPoller own = new StatusPoller(flink, told::add);
        own.start();
        while (told.isEmpty()) {
            Thread.sleep(10);
        }
        flink.status = JobStatus.CANCELED;
        while (told.size() < 3) {
            Thread.sleep(10);
        }
        assertEquals("CANCELED", told.get(2).get("status"));
    }
}
