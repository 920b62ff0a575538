package io.rheostat.agent;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.internal.TableEnvironmentInternal;

/**
 * Main class of a SQL job: turns one script into one job.
 *
 * <p>Its only program argument is the script's path. It returns once the job is submitted. It never throws: up to
 * Flink 2.2 that would end the JobManager. After a failure it reports and then waits for ever, for the control
 * plane to end the process.
 */
public final class SqlRunner {
    private final Report report;
    private final long begun = System.nanoTime();
    private JobClient job;
    private String wantedId;

    private SqlRunner(Report report) {
        this.report = report;
    }

    /** Called by Flink's application mode. */
    public static void main(String[] args) {
        SqlRunner runner = new SqlRunner(new Report(SharedOutbox.find()));
        try {
            runner.run(args);
        } catch (LaunchFault fault) {
            runner.giveUp(fault);
        } catch (Throwable failure) { // Even an Error must not reach Flink.
            runner.giveUp(
                    new LaunchFault(
                            FailureCode.RUNNER_FAILED, 0, null, "The runner failed: " + FlinkFailure.plain(failure), failure));
        }
    }

    private void run(String[] args) throws LaunchFault, IOException {
        Map<String, String> cluster = clusterConfiguration();
        report.hello(cluster);
        if (args.length == 0) {
            throw new IOException("no script was named");
        }
        Path path = Path.of(args[0]);
        String folder = System.getenv("RHEOSTAT_RUN_DIR");
        Path reservedKeys = folder == null ? path.resolveSibling("reserved.keys") : Path.of(folder, "reserved.keys");
        ReservedKeys reserved = ReservedKeys.read(reservedKeys);
        Script script = read(path);

        List<Statement> statements = ScriptLexer.split(script);
        ScriptRules.check(script, statements, reserved);
        List<Setting> settings = ScriptEnvironment.leading(statements);
        TableEnvironmentInternal environment = ScriptEnvironment.create(script, settings);
        List<ScriptCompiler.Insert> inserts = ScriptCompiler.compile(script, statements, environment, reserved);
        ScriptEnvironment.addDefaults(environment);
        report.compiled(statements.size(), inserts.size(), elapsed());

        wantedId = cluster.get("$internal.pipeline.job-id");
        job = JobStart.submit(script, settings, environment, inserts);
        report.submitted(job.getJobID().toString(), elapsed());
        Notice.say("job " + job.getJobID() + " is submitted");
        if (JobStart.isCanceled(job)) {
            report.canceled(job.getJobID().toString());
        }
    }

    private static Script read(Path path) throws LaunchFault, IOException {
        try {
            return new Script(Files.readString(path));
        } catch (CharacterCodingException malformed) {
            throw new LaunchFault(FailureCode.SQL_INVALID, 0, null, "The script is not valid UTF-8.", malformed);
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

    private void giveUp(LaunchFault fault) {
        try {
            Notice.say("no job: " + fault.code.wire() + place(fault));
            report.hold();
            if (job != null) {
                JobStart.end(job);
            }
            report.failed(fault, jobId(fault));
            park();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (Throwable failure) { // The same: nothing may reach Flink.
            Notice.say("giving up failed: " + failure.getClass().getName());
        }
    }

    /** A job that failed while it was initialised is one, though nobody gave us a client for it. */
    private String jobId(LaunchFault fault) {
        if (job != null) {
            return job.getJobID().toString();
        }
        boolean refusedByFlink = fault.code == FailureCode.RESTORE_FAILED || fault.code == FailureCode.SUBMIT_FAILED;
        return refusedByFlink ? wantedId : null;
    }

    private static void park() throws InterruptedException {
        while (true) {
            TimeUnit.DAYS.sleep(1);
        }
    }

    private static String place(LaunchFault fault) {
        return fault.span == null ? "" : " at line " + fault.span.line + ", column " + fault.span.column;
    }

    private long elapsed() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }
}
