package io.rheostat.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.api.internal.TableEnvironmentInternal;

/**
 * Makes the table environment. The SETs at the script's head go in before it exists, because some keys
 * (execution.runtime-mode) count only then.
 */
final class ScriptEnvironment {
    private static final String RESTART_STRATEGY = "restart-strategy.type";
    private static final String CHECKPOINT_INTERVAL = "execution.checkpointing.interval";
    private static final String RESTARTS = "3";

    private ScriptEnvironment() {}

    /** The settings at the head of the script, up to the first other statement; what Flink alone can read is left to its parser. */
    static List<Setting> leading(List<Statement> statements) {
        List<Setting> settings = new ArrayList<>();
        for (Statement statement : statements) {
            if (statement.kind != StatementKind.SET && statement.kind != StatementKind.RESET) {
                break;
            }
            Setting.parse(statement).ifPresent(settings::add);
        }
        return settings;
    }

    /** The environment with the settings in force; a value that Flink cannot read is a fault at its SET. */
    static TableEnvironmentInternal create(Script script, List<Setting> settings) throws LaunchFault {
        try {
            return make(configuration(settings));
        } catch (RuntimeException | LinkageError failure) {
            FlinkFailure read = new FlinkFailure(failure);
            LaunchFault fault = blame(script, settings, read);
            throw fault != null ? fault : search(script, settings, failure);
        }
    }

    private static TableEnvironmentInternal make(Configuration head) {
        StreamExecutionEnvironment streams = StreamExecutionEnvironment.getExecutionEnvironment(head);
        RuntimeExecutionMode mode = streams.getConfiguration().get(ExecutionOptions.RUNTIME_MODE);
        if (mode != RuntimeExecutionMode.AUTOMATIC) {
            head.set(ExecutionOptions.RUNTIME_MODE, mode);
        }
        EnvironmentSettings wanted = EnvironmentSettings.newInstance().withConfiguration(head).build();
        return (TableEnvironmentInternal) StreamTableEnvironment.create(streams, wanted);
    }

    /** The fault of the setting whose value Flink could not read; null when the failure is about something else. */
    static LaunchFault blame(Script script, List<Setting> settings, FlinkFailure failure) {
        for (Setting setting : settings) {
            // Flink: "Could not parse value 'often' for key 'execution.checkpointing.interval'."
            if (!setting.isReset() && failure.mentions("for key '" + setting.key + "'")) {
                return fault(script, setting, failure);
            }
        }
        return null;
    }

    /** Some values are refused without their key being named; then each setting is tried alone, after none at all. */
    private static LaunchFault search(Script script, List<Setting> settings, Throwable together) {
        try {
            make(new Configuration());
        } catch (RuntimeException | LinkageError alone) {
            return clusterFault(alone);
        }
        for (Setting setting : settings) {
            try {
                make(configuration(List.of(setting)));
            } catch (RuntimeException | LinkageError alone) {
                return fault(script, setting, new FlinkFailure(alone));
            }
        }
        return clusterFault(together);
    }

    private static LaunchFault clusterFault(Throwable failure) {
        Throwable speaker = CauseText.chain(failure).stream()
                .filter(t -> String.valueOf(t.getMessage()).contains("for key '"))
                .findFirst()
                .orElse(failure);
        return new LaunchFault(
                FailureCode.SUBMIT_FAILED,
                0,
                null,
                "Flink cannot work with this cluster's configuration: " + FlinkFailure.plain(speaker),
                failure);
    }

    private static LaunchFault fault(Script script, Setting setting, FlinkFailure failure) {
        return new LaunchFault(
                FailureCode.SQL_INVALID,
                setting.statement.number,
                script.at(setting.statement.offset),
                "Flink does not accept the value of " + setting.key + ": " + FlinkFailure.plain(failure.root()),
                failure.root());
    }

    /**
     * Flink's default for a job without checkpoints is to fail at the first trouble. Such a job, and a batch
     * job, gets a few restarts instead, unless somebody chose a strategy.
     */
    static void addDefaults(TableEnvironmentInternal environment) {
        Configuration merged = new Configuration();
        merged.addAll(Configuration.fromMap(environment.getConfig().getRootConfiguration().toMap()));
        merged.addAll(environment.getConfig().getConfiguration());
        Map<String, String> keys = merged.toMap();
        boolean batch = merged.get(ExecutionOptions.RUNTIME_MODE) == RuntimeExecutionMode.BATCH;
        boolean chosen = keys.containsKey(RESTART_STRATEGY) || keys.containsKey("restart-strategy");
        if (!chosen && (batch || !keys.containsKey(CHECKPOINT_INTERVAL))) {
            environment.getConfig().set(RESTART_STRATEGY, "fixed-delay");
            environment.getConfig().set("restart-strategy.fixed-delay.attempts", RESTARTS);
        }
        // Main must return while the job runs, whatever the cluster's configuration says.
        environment.getConfig().set("table.dml-sync", "false");
    }

    private static Configuration configuration(List<Setting> settings) {
        Configuration head = new Configuration();
        for (Setting setting : settings) {
            if (!setting.isReset()) {
                head.setString(setting.key, setting.value);
            } else if (setting.key == null) {
                head = new Configuration();
            } else {
                head.removeKey(setting.key);
            }
        }
        return head;
    }
}
