package io.rheostat.agent;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * One start of a program that is to become one job: what is said about it, and what happens when it fails.
 *
 * <p>Both runners work through it, so a script and a JAR end in the same way. It never throws into Flink: up
 * to Flink 2.2 that would end the JobManager. After a failure it cancels the job, if there is one, reports, and
 * keeps the calling thread for ever, for the control plane to end the process.
 */
final class Launch {
    private final Consumer<Map<String, Object>> outbox;
    private final Report report;
    private final long begun = System.nanoTime();
    private Map<String, String> cluster = Map.of();
    private JobClient job;
    private Patience patience;
    private StatusPoller poller;
    private boolean failed;

    Launch(Consumer<Map<String, Object>> outbox) {
        this.outbox = outbox;
        this.report = new Report(outbox);
    }

    /** Work that may say why it yields no job. */
    interface Work {
        void run() throws Exception;
    }

    /** Says hello and does the work; returns when Flink may go on, which after a failure is never. */
    void carryOut(Work work) {
        try {
            cluster = clusterConfiguration();
            report.hello(cluster);
            patience = Patience.begin(outbox);
            work.run();
        } catch (LaunchFault fault) {
            giveUp(fault);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (Throwable failure) { // Even an Error must not reach Flink.
            giveUp(new LaunchFault(FailureCode.RUNNER_FAILED, "The runner failed: " + FlinkFailure.plain(failure), failure));
        } finally {
            endPatience();
        }
    }

    void compiled(int statements, int inserts) {
        report.compiled(statements, inserts, elapsed());
    }

    /** The program's job; its status is watched from here on. */
    void submitted(JobClient client) {
        endPatience();
        String id = client.getJobID().toString();
        StatusPoller polling = StatusPoller.isNeeded() ? new StatusPoller(client, outbox) : null;
        synchronized (this) {
            job = client;
            poller = polling;
        }
        report.submitted(id, elapsed());
        Notice.say("job " + id + " is submitted");
        if (polling != null) {
            polling.start();
        } else if (JobStart.isCanceled(client)) {
            report.canceled(id);
        }
        if (isFailed()) {
            endUnwanted(client);
        }
    }

    /** It came into being while another thread gave up. */
    private static void endUnwanted(JobClient client) {
        try {
            JobStart.end(client);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** The program's job, or null. */
    synchronized JobClient job() {
        return job;
    }

    /** Reports what can be learnt before the program goes on: it may end the JVM next. */
    void lookNow() throws InterruptedException {
        StatusPoller current;
        synchronized (this) {
            current = poller;
        }
        if (current != null) {
            current.look();
        }
    }

    /** The snapshot that the cluster's configuration makes the job start from, or null. */
    String restorePath() {
        return JobStart.restorePath(cluster);
    }

    /** Ends the job, reports and parks; only the first fault counts. Returns only when the thread is told to end. */
    void giveUp(LaunchFault fault) {
        try {
            if (isFirst()) {
                Notice.say("no job: " + fault.code.wire() + place(fault));
                endPatience();
                report.hold();
                JobClient unwanted = job();
                if (unwanted != null) {
                    JobStart.end(unwanted);
                }
                report.failed(fault, jobId(fault));
            }
            park();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (Throwable failure) { // The same: nothing may reach Flink.
            Notice.say("giving up failed: " + failure.getClass().getName());
        }
    }

    private synchronized boolean isFirst() {
        boolean first = !failed;
        failed = true;
        return first;
    }

    synchronized boolean isFailed() {
        return failed;
    }

    /** Keeps the thread until it is told to end. */
    static void park() throws InterruptedException {
        while (true) {
            TimeUnit.DAYS.sleep(1);
        }
    }

    private void endPatience() {
        if (patience != null) {
            patience.end();
        }
    }

    private static Map<String, String> clusterConfiguration() {
        try {
            Configuration none = new Configuration();
            return Configuration.fromMap(
                            ((Configuration) StreamExecutionEnvironment.getExecutionEnvironment(none).getConfiguration()).toMap())
                    .toMap();
        } catch (RuntimeException | LinkageError unreadable) {
            return Map.of();
        }
    }

    /** A job that failed while it was initialised is one, though nobody gave us a client for it. */
    private String jobId(LaunchFault fault) {
        JobClient current = job();
        if (current != null) {
            return current.getJobID().toString();
        }
        boolean refusedByFlink = fault.code == FailureCode.RESTORE_FAILED || fault.code == FailureCode.SUBMIT_FAILED;
        return refusedByFlink ? cluster.get("$internal.pipeline.job-id") : null;
    }

    private static String place(LaunchFault fault) {
        return fault.span == null ? "" : " at line " + fault.span.line + ", column " + fault.span.column;
    }

    private long elapsed() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }
}
