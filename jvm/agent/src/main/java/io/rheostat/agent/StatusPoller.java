package io.rheostat.agent;

import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.client.JobExecutionException;

/**
 * Reports status changes where Flink has no listener for them (before 2.0), by asking twice a second.
 *
 * <p>What lasts less than half a second may stay unseen; the last status never does. The cause is known at
 * FAILED only, since Flink hands it out with the result.
 */
final class StatusPoller {
    private static final String LISTENER = "org.apache.flink.core.execution.JobStatusChangedListener";
    private static final long PERIOD_MS = 500;
    private static final long PERIOD_IN_TROUBLE_MS = 5_000;
    private static final long ANSWER_WITHIN_S = 5;

    private final JobClient job;
    private final Consumer<Map<String, Object>> outbox;
    private JobStatus seen = JobStatus.CREATED;
    private boolean over;
    private boolean troubled;

    StatusPoller(JobClient job, Consumer<Map<String, Object>> outbox) {
        this.job = job;
        this.outbox = outbox;
        // Flink may close the class loader once main has returned: what will be needed is loaded now.
        CauseText.withFrames(new ExecutionException(new IllegalStateException()));
        Excerpt.of("", 0);
    }

    /** True when this Flink has no listener, so that nobody else would report. */
    static boolean isNeeded() {
        try {
            Class.forName(LISTENER, false, JobClient.class.getClassLoader());
            return false;
        } catch (ClassNotFoundException | LinkageError absent) {
            return true;
        }
    }

    void start() {
        Thread thread = new Thread(null, this::poll, "rheostat-status", 0, false);
        thread.setDaemon(true);
        thread.start();
        try {
            // A program may wait for its job and then end the JVM, all between two looks.
            Runtime.getRuntime().addShutdownHook(new Thread(null, this::lookLast, "rheostat-last-status", 0, false));
        } catch (IllegalStateException ending) {
            lookLast();
        }
    }

    private void lookLast() {
        try {
            look();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void poll() {
        try {
            while (look()) {
                Thread.sleep(isTroubled() ? PERIOD_IN_TROUBLE_MS : PERIOD_MS);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (Throwable failure) { // Nobody would hear of it otherwise.
            Notice.say("the job's status is not reported any more: " + failure.getClass().getName());
        }
    }

    private synchronized boolean isTroubled() {
        return troubled;
    }

    /** Asks once and reports what is new; false when there is nothing to come. Several threads may call. */
    synchronized boolean look() throws InterruptedException {
        if (over) {
            return false;
        }
        JobStatus now;
        try {
            now = job.getJobStatus().get(ANSWER_WITHIN_S, TimeUnit.SECONDS);
            troubled = false;
        } catch (ExecutionException | TimeoutException | RuntimeException failure) {
            if (!troubled) {
                Notice.say("Flink does not tell the job's status: " + failure.getClass().getName());
            }
            troubled = true;
            return true;
        }
        // The listener, whose words these are, begins with CREATED too.
        if (now == seen || now == JobStatus.INITIALIZING) {
            return true;
        }
        StatusChange.report(outbox, job.getJobID().toString(), seen, now, now == JobStatus.FAILED ? cause() : null);
        seen = now;
        over = now.isTerminalState();
        return !over;
    }

    private Throwable cause() throws InterruptedException {
        try {
            job.getJobExecutionResult().get(ANSWER_WITHIN_S, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException | RuntimeException failure) {
            return unwrap(failure);
        } catch (TimeoutException late) {
            return null;
        }
    }

    /** Without the envelopes that only a client sees. */
    private static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while (inner.getCause() != null
                && (inner instanceof ExecutionException
                        || inner instanceof CompletionException
                        || inner instanceof JobExecutionException)) {
            inner = inner.getCause();
        }
        return inner;
    }
}
