package io.rheostat.agent;

import java.util.List;

/** The rules that can be judged before Flink has seen anything: one script, one job, nothing that only prints. */
final class ScriptRules {
    private final Script script;
    private final ReservedKeys reserved;
    private Statement firstInsert;
    private Statement begin;
    private Statement closed;

    private ScriptRules(Script script, ReservedKeys reserved) {
        this.script = script;
        this.reserved = reserved;
    }

    /** Throws the first breach; nothing has been carried out then. */
    static void check(Script script, List<Statement> statements, ReservedKeys reserved) throws LaunchFault {
        ScriptRules rules = new ScriptRules(script, reserved);
        for (Statement statement : statements) {
            rules.check(statement);
        }
        if (rules.begin != null) {
            throw rules.refused(rules.begin, "This BEGIN STATEMENT SET has no END. Put END; after its last INSERT.");
        }
        if (rules.firstInsert == null) {
            throw new LaunchFault(FailureCode.NO_JOB, 0, null, "The script has no INSERT, so there is no job to run.", null);
        }
    }

    private void check(Statement statement) throws LaunchFault {
        switch (statement.kind) {
            case SET:
            case RESET:
                checkSetting(statement);
                break;
            case INSERT:
                if (closed != null) {
                    throw secondJob(statement);
                }
                firstInsert = firstInsert == null ? statement : firstInsert;
                break;
            case BLOCK:
                if (firstInsert != null || begin != null) {
                    throw secondJob(statement);
                }
                firstInsert = statement;
                closed = statement;
                break;
            case BEGIN:
                if (firstInsert != null || begin != null) {
                    throw secondJob(statement);
                }
                begin = statement;
                break;
            case END:
                if (begin == null) {
                    throw refused(statement, "This END closes nothing: there is no BEGIN STATEMENT SET before it.");
                }
                if (firstInsert == null) {
                    throw refused(statement, "The statement set is empty. Put at least one INSERT before END.");
                }
                closed = begin;
                begin = null;
                break;
            case QUERY:
                throw refused(statement, notForJobs(statement));
            case INSPECT:
                throw refused(statement, notForJobs(statement));
            case OWN_JOB:
                throw refused(statement, ownJob(statement.title()));
            default:
                requireBeforeInserts(statement);
        }
    }

    private void checkSetting(Statement statement) throws LaunchFault {
        Setting setting = Setting.parse(statement).orElse(null);
        if (setting != null && setting.key != null && reserved.covers(setting.key)) {
            throw reserved(script, setting);
        }
        requireBeforeInserts(statement);
    }

    private void requireBeforeInserts(Statement statement) throws LaunchFault {
        if (firstInsert != null) {
            int line = script.at(firstInsert.offset).line;
            throw refused(
                    statement,
                    statement.title() + " comes after the first INSERT (line " + line + "). Put it before the first INSERT.");
        }
        if (begin != null) {
            throw refused(statement, "A statement set holds INSERTs only. Put " + statement.title() + " before BEGIN STATEMENT SET.");
        }
    }

    private LaunchFault secondJob(Statement statement) {
        int line = script.at((firstInsert == null ? begin : firstInsert).offset).line;
        return refused(
                statement,
                "This would be a second job (the first begins in line " + line
                        + "). Put all INSERTs into one statement set, or split the script into two jobs.");
    }

    private LaunchFault refused(Statement statement, String message) {
        return new LaunchFault(FailureCode.SQL_REFUSED, statement.number, script.at(statement.offset), message, null);
    }

    /** The fault of setting a key that is not the script's to set. */
    static LaunchFault reserved(Script script, Setting setting) {
        return new LaunchFault(
                FailureCode.RESERVED_KEY,
                setting.statement.number,
                script.at(setting.keyOffset),
                "The key " + setting.key.trim() + " is set by the control plane. Remove this "
                        + (setting.isReset() ? "RESET" : "SET") + " from the script.",
                null);
    }

    static String notForJobs(Statement statement) {
        String what = statement.kind == StatementKind.QUERY ? "A query without INSERT" : statement.title();
        return what + " does not belong in a job's script: its result would go nowhere. Use the preview for it.";
    }

    static String ownJob(String what) {
        return what + " does not belong in a job's script: a script is carried out again at every start and is exactly one job.";
    }
}
