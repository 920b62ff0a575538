package io.rheostat.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.internal.TableEnvironmentInternal;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.operations.BeginStatementSetOperation;
import org.apache.flink.table.operations.CreateTableASOperation;
import org.apache.flink.table.operations.EndStatementSetOperation;
import org.apache.flink.table.operations.LoadModuleOperation;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.QueryOperation;
import org.apache.flink.table.operations.ReplaceTableAsOperation;
import org.apache.flink.table.operations.SinkModifyOperation;
import org.apache.flink.table.operations.StatementSetOperation;
import org.apache.flink.table.operations.UnloadModuleOperation;
import org.apache.flink.table.operations.UseOperation;
import org.apache.flink.table.operations.command.AddJarOperation;
import org.apache.flink.table.operations.command.ResetOperation;
import org.apache.flink.table.operations.command.SetOperation;
import org.apache.flink.table.operations.ddl.AlterOperation;
import org.apache.flink.table.operations.ddl.CreateOperation;
import org.apache.flink.table.operations.ddl.DropOperation;

/**
 * Hands the statements to Flink's parser one by one, carries out what sets the scene, and collects what
 * inserts. Nothing is submitted here.
 */
final class ScriptCompiler {
    private static final String RUNTIME_MODE = "execution.runtime-mode";

    private final Script script;
    private final TableEnvironmentInternal environment;
    private final ReservedKeys reserved;
    private final List<Insert> inserts = new ArrayList<>();
    private final Map<ObjectIdentifier, Statement> created = new LinkedHashMap<>();
    private boolean explicitSet;

    private ScriptCompiler(Script script, TableEnvironmentInternal environment, ReservedKeys reserved) {
        this.script = script;
        this.environment = environment;
        this.reserved = reserved;
    }

    /** The script's INSERTs, parsed and validated, never empty; the statements before them have been carried out. */
    static List<Insert> compile(
            Script script, List<Statement> statements, TableEnvironmentInternal environment, ReservedKeys reserved)
            throws LaunchFault {
        ScriptCompiler compiler = new ScriptCompiler(script, environment, reserved);
        boolean head = true;
        for (Statement statement : statements) {
            head &= statement.kind == StatementKind.SET || statement.kind == StatementKind.RESET;
            compiler.take(statement, head);
        }
        if (!compiler.explicitSet) {
            compiler.requireIndependent();
        }
        if (compiler.inserts.isEmpty()) {
            throw new LaunchFault(FailureCode.NO_JOB, 0, null, "The script has no INSERT, so there is no job to run.", null);
        }
        return compiler.inserts;
    }

    private void take(Statement statement, boolean head) throws LaunchFault {
        try {
            List<Operation> operations = environment.getParser().parse(statement.text);
            for (Operation operation : operations) {
                dispatch(statement, operation, head);
            }
        } catch (StackOverflowError | RuntimeException | LinkageError failure) {
            FlinkFailure read = new FlinkFailure(failure);
            for (Map.Entry<ObjectIdentifier, Statement> table : created.entrySet()) {
                if (read.mentions(table.getKey().getObjectName())) {
                    throw dependent(statement, table.getKey(), table.getValue());
                }
            }
            throw read.inStatement(script, statement, FailureCode.SQL_INVALID);
        }
    }

    private void dispatch(Statement statement, Operation operation, boolean head) throws LaunchFault {
        if (operation instanceof SetOperation) {
            set(statement, (SetOperation) operation, head);
        } else if (operation instanceof ResetOperation) {
            reset((ResetOperation) operation, head);
        } else if (operation instanceof BeginStatementSetOperation) {
            explicitSet = true;
        } else if (operation instanceof EndStatementSetOperation) {
            return;
        } else if (operation instanceof StatementSetOperation) {
            explicitSet |= statement.kind == StatementKind.BLOCK;
            for (ModifyOperation inner : ((StatementSetOperation) operation).getOperations()) {
                insert(statement, inner);
            }
        } else if (operation instanceof ModifyOperation) {
            insert(statement, (ModifyOperation) operation);
        } else if (operation instanceof QueryOperation) {
            throw refused(statement, ScriptRules.notForJobs(statement));
        } else if (setsTheScene(operation)) {
            environment.executeInternal(operation);
        } else {
            throw refused(statement, ScriptRules.ownJob(statement.title()));
        }
    }

    /** By list of what is allowed: a kind of statement that a later Flink adds is refused until somebody looked at it. */
    private static boolean setsTheScene(Operation operation) {
        if (operation.getClass().getSimpleName().contains("MaterializedTable")) {
            return false;
        }
        return operation instanceof CreateOperation
                || operation instanceof DropOperation
                || operation instanceof AlterOperation
                || operation instanceof UseOperation
                || operation instanceof LoadModuleOperation
                || operation instanceof UnloadModuleOperation
                || operation instanceof AddJarOperation;
    }

    private void set(Statement statement, SetOperation operation, boolean head) throws LaunchFault {
        String key = operation.getKey().orElse(null);
        if (key == null) {
            throw refused(statement, "SET without a key only prints settings. Remove it, or name a key and a value.");
        }
        Setting setting = Setting.parse(statement).orElse(null);
        if (reserved.covers(key)) {
            throw refused(statement, "The key " + key + " is set by the control plane. Remove this SET from the script.");
        }
        boolean applied = head && setting != null && setting.key.equals(key);
        if (!applied && key.equals(RUNTIME_MODE)) {
            throw refused(statement, "The key " + key + " counts only at the head of the script. Put this SET before all other statements.");
        }
        if (!applied) {
            environment.getConfig().set(key, operation.getValue().orElse(""));
        }
    }

    private void reset(ResetOperation operation, boolean head) {
        if (head) {
            return;
        }
        if (operation.getKey().isPresent()) {
            environment.getConfig().getConfiguration().removeKey(operation.getKey().get());
        } else {
            environment.getConfig().getConfiguration().keySet().stream()
                    .filter(key -> !key.equals(RUNTIME_MODE))
                    .forEach(key -> environment.getConfig().getConfiguration().removeKey(key));
        }
    }

    private void insert(Statement statement, ModifyOperation operation) throws LaunchFault {
        if (operation instanceof SinkModifyOperation) {
            SinkModifyOperation sink = (SinkModifyOperation) operation;
            if (sink.isDelete() || sink.isUpdate()) {
                throw refused(statement, ScriptRules.ownJob(sink.isDelete() ? "DELETE" : "UPDATE"));
            }
        }
        Insert insert = new Insert(statement, operation, target(operation));
        inserts.add(insert);
        if (insert.creates()) {
            created.put(insert.target, statement);
        }
    }

    private static ObjectIdentifier target(ModifyOperation operation) {
        if (operation instanceof SinkModifyOperation) {
            return ((SinkModifyOperation) operation).getContextResolvedTable().getIdentifier();
        }
        if (operation instanceof CreateTableASOperation) {
            return ((CreateTableASOperation) operation).getCreateTableOperation().getTableIdentifier();
        }
        if (operation instanceof ReplaceTableAsOperation) {
            return ((ReplaceTableAsOperation) operation).getCreateTableOperation().getTableIdentifier();
        }
        return null;
    }

    /** INSERTs that nobody joined explicitly run at once only if that cannot change what they mean. */
    private void requireIndependent() throws LaunchFault {
        for (Insert reader : inserts) {
            for (Insert writer : inserts) {
                if (reader != writer && writer.target != null && reader.reads(writer.target)) {
                    throw dependent(reader.statement, writer.target, writer.statement);
                }
            }
        }
    }

    private LaunchFault dependent(Statement reader, ObjectIdentifier table, Statement writer) {
        return refused(
                reader,
                "This statement uses " + table.getObjectName() + ", which the statement in line " + script.at(writer.offset).line
                        + " writes, and all INSERTs of a script run at the same time. Split the script into two jobs.");
    }

    private LaunchFault refused(Statement statement, String message) {
        return new LaunchFault(FailureCode.SQL_REFUSED, statement.number, script.at(statement.offset), message, null);
    }

    /** One INSERT and the statement that it came from; a block yields several with the same statement. */
    static final class Insert {
        final Statement statement;
        final ModifyOperation operation;

        /** Null when the table cannot be told. */
        final ObjectIdentifier target;

        Insert(Statement statement, ModifyOperation operation, ObjectIdentifier target) {
            this.statement = statement;
            this.operation = operation;
            this.target = target;
        }

        boolean creates() {
            return operation instanceof CreateTableASOperation || operation instanceof ReplaceTableAsOperation;
        }

        /** Looks at the plan's text, where views are expanded and sub-queries are printed; planner classes stay unlinked. */
        boolean reads(ObjectIdentifier table) {
            Object tree = operation.getChild() == null ? null : FlinkFailure.call(operation.getChild(), "getCalciteTree");
            Object plan = tree == null ? null : FlinkFailure.call(tree, "explain");
            String scan = "table=[[" + table.getCatalogName() + ", " + table.getDatabaseName() + ", " + table.getObjectName();
            return plan != null && (plan.toString().contains(scan + "]") || plan.toString().contains(scan + ","));
        }
    }
}
