package io.rheostat.agent;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.JobListener;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironmentFactory;

/**
 * Holds a program to one job, from whichever environment it submits, and learns of that job.
 *
 * <p>Every environment comes from a factory that Flink's client has set; this one is put before it. It sees each job
 * on the submitting thread before Flink does, so a program that breaks the rules is stopped there: the call does not
 * return to it. Flink alone would not do: up to 1.20 it refuses a second job of one environment only, and 2.3 runs it.
 */
final class SubmissionWatch implements JobListener {
    private final Launch launch;
    private final StreamExecutionEnvironmentFactory before;
    private final AtomicBoolean begun = new AtomicBoolean();

    private SubmissionWatch(Launch launch, StreamExecutionEnvironmentFactory before) {
        this.launch = launch;
        this.before = before;
    }

    /** Watches environments that are made from now on, until it is removed. */
    static SubmissionWatch install(Launch launch) throws ReflectiveOperationException {
        // Flink lets the factory be set, but not be read.
        Object before = field("contextEnvironmentFactory").get(null);
        if (before == null) {
            throw new IllegalStateException("this is not Flink's application mode");
        }
        SubmissionWatch watch = new SubmissionWatch(launch, (StreamExecutionEnvironmentFactory) before);
        set(watch::create);
        return watch;
    }

    private StreamExecutionEnvironment create(Configuration wanted) {
        Configuration configuration = new Configuration(wanted);
        // Like a script's, a program's main goes on while its job runs, whatever the cluster's configuration says.
        configuration.set(DeploymentOptions.ATTACHED, false);
        StreamExecutionEnvironment environment = before.createExecutionEnvironment(configuration);
        environment.registerJobListener(this);
        try {
            Field executors = field("executorServiceLoader");
            executors.set(environment, new OneJob((PipelineExecutorServiceLoader) executors.get(environment)));
        } catch (ReflectiveOperationException unknown) {
            throw new IllegalStateException("this Flink is not known to the runner", unknown);
        }
        return environment;
    }

    /** Asked by an environment for the executor once for each job that it is about to submit. */
    private final class OneJob implements PipelineExecutorServiceLoader {
        private final PipelineExecutorServiceLoader executors;

        OneJob(PipelineExecutorServiceLoader executors) {
            this.executors = executors;
        }

        @Override
        public PipelineExecutorFactory getExecutorFactory(Configuration configuration) throws Exception {
            if (!begun.compareAndSet(false, true)) {
                launch.giveUp(JarRunner.secondExecute(null));
                throw new IllegalStateException("one program is one job");
            }
            return executors.getExecutorFactory(configuration);
        }

        @Override
        public Stream<String> getExecutorNames() {
            return executors.getExecutorNames();
        }
    }

    @Override
    public void onJobSubmitted(JobClient job, Throwable failure) {
        if (job != null) {
            launch.submitted(job);
        } else {
            launch.giveUp(new FlinkFailure(failure).notStarted(launch.restorePath()));
        }
    }

    @Override
    public void onJobExecuted(JobExecutionResult result, Throwable failure) {
        try {
            launch.lookNow();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    void remove() throws ReflectiveOperationException {
        set(before);
    }

    private static Field field(String name) throws ReflectiveOperationException {
        Field field = StreamExecutionEnvironment.class.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** Sets the source of all environments; Flink's setter is protected. */
    static void set(StreamExecutionEnvironmentFactory factory) throws ReflectiveOperationException {
        Method setter =
                StreamExecutionEnvironment.class.getDeclaredMethod(
                        "initializeContextEnvironment", StreamExecutionEnvironmentFactory.class);
        setter.setAccessible(true);
        setter.invoke(null, factory);
    }
}
