package io.rheostat.agent;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A place to submit to that runs nothing, and the client of its only job. */
final class FakeFlink implements JobClient {
    final AtomicInteger submissions = new AtomicInteger();
    final JobID id = new JobID(1, 2);
    volatile JobStatus status = JobStatus.RUNNING;
    volatile RuntimeException trouble;
    volatile Throwable result;
    volatile Throwable refusal;

    /** From now on, environments made by programs submit here. */
    void install() throws ReflectiveOperationException {
        SubmissionWatch.set(this::environment);
    }

    static void remove() throws ReflectiveOperationException {
        SubmissionWatch.set(null);
    }

    private StreamExecutionEnvironment environment(Configuration wanted) {
        Configuration configuration = new Configuration(wanted);
        configuration.set(DeploymentOptions.TARGET, "fake");
        configuration.setString("$internal.pipeline.job-id", id.toString());
        return new StreamExecutionEnvironment(new Executors(), configuration, FakeFlink.class.getClassLoader());
    }

    private final class Executors implements PipelineExecutorServiceLoader, PipelineExecutorFactory {
        @Override
        public PipelineExecutorFactory getExecutorFactory(Configuration configuration) {
            return this;
        }

        @Override
        public Stream<String> getExecutorNames() {
            return Stream.of("fake");
        }

        @Override
        public String getName() {
            return "fake";
        }

        @Override
        public boolean isCompatibleWith(Configuration configuration) {
            return true;
        }

        @Override
        public PipelineExecutor getExecutor(Configuration configuration) {
            return (pipeline, wanted, loader) -> {
                submissions.incrementAndGet();
                return refusal == null ? CompletableFuture.completedFuture(FakeFlink.this) : CompletableFuture.failedFuture(refusal);
            };
        }
    }

    @Override
    public JobID getJobID() {
        return id;
    }

    @Override
    public CompletableFuture<JobStatus> getJobStatus() {
        return trouble == null ? CompletableFuture.completedFuture(status) : CompletableFuture.failedFuture(trouble);
    }

    @Override
    public CompletableFuture<Void> cancel() {
        status = JobStatus.CANCELED;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<JobExecutionResult> getJobExecutionResult() {
        return result == null
                ? CompletableFuture.completedFuture(new JobExecutionResult(id, 1, Map.of()))
                : CompletableFuture.failedFuture(result);
    }

    @Override
    public CompletableFuture<String> stopWithSavepoint(boolean drain, String directory, SavepointFormatType format) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<String> triggerSavepoint(String directory, SavepointFormatType format) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Map<String, Object>> getAccumulators() {
        throw new UnsupportedOperationException();
    }
}
