package io.rheostat.agent;

import java.util.ArrayList;
import java.util.List;
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
    private final List<JobClient> jobs = new ArrayList<>();
    private Map<String, String> cluster = Map.of();
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
    void submitted(JobClient job) {
        endPatience();
        String id = job.getJobID().toString();
        synchronized (this) {
            jobs.add(job);
            if (StatusPoller.isNeeded()) {
                poller = new StatusPoller(job, outbox);
            }
        }
        report.submitted(id, elapsed());
        Notice.say("job " + id + " is submitted");
        if (poller != null) {
            poller.start();
        } else if (JobStart.isCanceled(job)) {
            report.canceled(id);
        }
    }

    /** A job too many: it goes when this launch is given up. */
    synchronized void alsoEnd(JobClient job) {
        jobs.add(job);
    }

    synchronized boolean hasJob() {
        return !jobs.isEmpty();
    }

    /** The first job, or null. */
    synchronized JobClient job() {
        return jobs.isEmpty() ? null : jobs.get(0);
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

    /** Ends the jobs, reports and parks; only the first fault counts. Returns only when the thread is told to end. */
    void giveUp(LaunchFault fault) {
        try {
            if (isFirst()) {
                Notice.say("no job: " + fault.code.wire() + place(fault));
                endPatience();
                report.hold();
                for (JobClient job : jobs) {
                    JobStart.end(job);
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
        JobClient job = job();
        if (job != null) {
            return job.getJobID().toString();
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
