package io.rheostat.agent;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;

/**
 * Main class of a JAR job: calls the program's own main and holds it to one program, one job.
 *
 * <p>Its only program argument is the path of {@code main.properties}, see {@link JarProgram}. The program runs in
 * the class loader and on the thread that Flink has made for it. What it throws never reaches Flink; see {@link
 * Launch} for what happens after a failure.
 */
public final class JarRunner {
    private static final long STATUS_WITHIN_S = 10;

    private final Launch launch;

    private JarRunner(Launch launch) {
        this.launch = launch;
    }

    /** Called by Flink's application mode. */
    public static void main(String[] args) {
        start(new Launch(SharedOutbox.find()), args);
    }

    static void start(Launch launch, String[] args) {
        launch.carryOut(() -> new JarRunner(launch).run(args));
    }

    private void run(String[] args) throws LaunchFault, IOException, ReflectiveOperationException, InterruptedException {
        if (args.length == 0) {
            throw new IOException("no main.properties was named");
        }
        JarProgram program = JarProgram.read(Path.of(args[0]));
        Method main = program.main(JarRunner.class.getClassLoader());
        ExitGuard guard = ExitGuard.install(JarRunner.class.getClassLoader());
        SubmissionWatch watch = SubmissionWatch.install(launch);
        try {
            main.invoke(null, (Object) program.arguments());
        } catch (InvocationTargetException thrown) {
            judge(thrown.getCause());
            return;
        } finally {
            watch.remove();
            guard.remove();
        }
        if (launch.isFailed()) {
            Launch.park();
        }
        if (launch.job() == null) {
            throw guard.intercepted() == null ? noJob() : exited(guard.intercepted());
        }
    }

    /** What the program threw is its failure, unless it only echoes what became of the job or of the JobManager. */
    private void judge(Throwable thrown) throws LaunchFault, InterruptedException {
        FlinkFailure read = new FlinkFailure(thrown);
        if (launch.isFailed()) {
            Launch.park();
        }
        if (Thread.interrupted() || read.isInterruption()) {
            Notice.say("the program was told to end");
            Thread.currentThread().interrupt();
            return;
        }
        ExitIntercepted exit = read.find(ExitIntercepted.class);
        if (exit != null && launch.job() != null) {
            Notice.say("System.exit at " + exit.point + " is taken as the end of main; the job goes on");
            return;
        }
        if (exit != null) {
            throw exited(exit);
        }
        if (read.isSecondJob()) {
            throw secondExecute(thrown);
        }
        if (launch.job() == null) {
            throw threwBeforeTheJob(read, thrown);
        }
        if (mayRun(launch.job())) {
            throw new LaunchFault(
                    FailureCode.MAIN_THREW,
                    "The program's main failed after it had submitted the job, which was cancelled: "
                            + FlinkFailure.plain(read.root()),
                    thrown);
        }
    }

    /** False when the job has ended, which execute() then throws too, and when Flink does not say. */
    private static boolean mayRun(JobClient job) throws InterruptedException {
        try {
            return !job.getJobStatus().get(STATUS_WITHIN_S, TimeUnit.SECONDS).isTerminalState();
        } catch (ExecutionException | TimeoutException | RuntimeException unknown) {
            Notice.say("main failed, and Flink does not tell whether its job runs: " + unknown.getClass().getName());
            return false;
        }
    }

    private static LaunchFault threwBeforeTheJob(FlinkFailure read, Throwable thrown) {
        if (read.isMissingClass()) {
            return new LaunchFault(FailureCode.MISSING_CLASS, read.message(FailureCode.MISSING_CLASS), thrown);
        }
        return new LaunchFault(
                FailureCode.MAIN_THREW,
                "The program's main failed before it submitted a job: " + FlinkFailure.plain(read.root()),
                thrown);
    }

    /** The fault of a program that wants more than one job. */
    static LaunchFault secondExecute(Throwable cause) {
        return new LaunchFault(
                FailureCode.SECOND_EXECUTE,
                "The program submits a second job, and one program is one job here. Put all pipelines before one"
                        + " execute, or all INSERTs into one statement set, or split the program into two jobs.",
                cause);
    }

    private static LaunchFault noJob() {
        return new LaunchFault(
                FailureCode.NO_JOB,
                "The program's main has returned without submitting a job. It must call execute or executeAsync on a"
                        + " StreamExecutionEnvironment, or run an INSERT on a TableEnvironment.",
                null);
    }

    private static LaunchFault exited(ExitIntercepted exit) {
        return new LaunchFault(
                FailureCode.EXITED,
                "The program called System.exit(" + exit.status + ") at " + exit.point
                        + " before it had submitted a job. Remove that call.",
                exit);
    }
}
