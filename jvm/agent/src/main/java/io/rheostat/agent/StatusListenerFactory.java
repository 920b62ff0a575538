package io.rheostat.agent;

import org.apache.flink.core.execution.JobStatusChangedListener;
import org.apache.flink.core.execution.JobStatusChangedListenerFactory;

/** Named in {@code execution.job-status-changed-listeners}. Flink 2.0 and later only: nothing else may refer to it. */
public final class StatusListenerFactory implements JobStatusChangedListenerFactory {
    /** Called by Flink. */
    public StatusListenerFactory() {}

    @Override
    public JobStatusChangedListener createListener(Context context) {
        return new StatusListener(SharedOutbox.find());
    }
}
