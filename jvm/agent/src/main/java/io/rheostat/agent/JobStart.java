package io.rheostat.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.internal.TableEnvironmentInternal;
import org.apache.flink.table.operations.ModifyOperation;

/** Submits the INSERTs as one job, and ends a job that should not have come to be. */
final class JobStart {
    private static final long CANCEL_WITHIN_MS = 30_000;
    private static final long LOOK_EVERY_MS = 200;
    private static final List<String> RESTORE_KEYS = List.of("execution.state-recovery.path", "execution.savepoint.path");

    private JobStart() {}

    /** Optimises and submits; returns once Flink has initialised the job. */
    static JobClient submit(
            Script script, List<Setting> settings, TableEnvironmentInternal environment, List<ScriptCompiler.Insert> inserts)
            throws LaunchFault {
        List<ModifyOperation> operations = new ArrayList<>();
        inserts.forEach(insert -> operations.add(insert.operation));
        try {
            return environment
                    .executeInternal(operations)
                    .getJobClient()
                    .orElseThrow(() -> new IllegalStateException("Flink returned no job"));
        } catch (StackOverflowError | RuntimeException | LinkageError failure) {
            FlinkFailure read = new FlinkFailure(failure);
            LaunchFault setting = ScriptEnvironment.blame(script, settings, read);
            if (setting != null) {
                throw setting;
            }
            throw read.isSubmission()
                    ? read.notStarted(restorePath(environment))
                    : notPlanned(script, environment, inserts, read);
        }
    }

    /** The optimiser sees all INSERTs at once and does not say which one it dislikes, so each is asked alone. */
    private static LaunchFault notPlanned(
            Script script, TableEnvironmentInternal environment, List<ScriptCompiler.Insert> inserts, FlinkFailure read) {
        for (ScriptCompiler.Insert insert : inserts) {
            if (insert.creates() || inserts.size() == 1) {
                continue;
            }
            try {
                environment.explainInternal(List.of(insert.operation));
            } catch (StackOverflowError | RuntimeException | LinkageError alone) {
                return new FlinkFailure(alone).inStatement(script, insert.statement, FailureCode.SQL_INVALID);
            }
        }
        ScriptCompiler.Insert guess =
                inserts.stream().filter(ScriptCompiler.Insert::creates).findFirst().orElse(inserts.get(0));
        return read.inStatement(script, guess.statement, FailureCode.SQL_INVALID);
    }

    private static String restorePath(TableEnvironmentInternal environment) {
        return restorePath(Configuration.fromMap(environment.getConfig().getRootConfiguration().toMap()).toMap());
    }

    /** The snapshot that a job with this configuration starts from, or null. */
    static String restorePath(Map<String, String> root) {
        return RESTORE_KEYS.stream().map(root::get).filter(path -> path != null && !path.isBlank()).findFirst().orElse(null);
    }

    /** True when the job has been cancelled already: while it is initialised that reaches no listener. */
    static boolean isCanceled(JobClient job) {
        try {
            return job.getJobStatus().get(CANCEL_WITHIN_MS, TimeUnit.MILLISECONDS) == JobStatus.CANCELED;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException | RuntimeException unknown) {
            return false;
        }
    }

    /** Cancels the job and waits until Flink says that it has ended, at most 30 s; says so when it did not. */
    static void end(JobClient job) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CANCEL_WITHIN_MS);
        try {
            job.cancel().get(CANCEL_WITHIN_MS, TimeUnit.MILLISECONDS);
            while (!job.getJobStatus().get(CANCEL_WITHIN_MS, TimeUnit.MILLISECONDS).isGloballyTerminalState()) {
                if (System.nanoTime() > until) {
                    Notice.say("the job did not end within 30 s of its cancellation");
                    return;
                }
                Thread.sleep(LOOK_EVERY_MS);
            }
        } catch (ExecutionException | TimeoutException | RuntimeException failure) {
            Notice.say("cannot end the job: " + failure.getClass().getName());
        }
    }
}
