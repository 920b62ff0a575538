package io.rheostat.agent;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.table.api.internal.TableEnvironmentInternal;

/**
 * Main class of a SQL job: turns one script into one job.
 *
 * <p>Its only program argument is the script's path. It returns once the job is submitted, and never throws; see
 * {@link Launch} for what happens after a failure.
 */
public final class SqlRunner {
    private final Launch launch;

    private SqlRunner(Launch launch) {
        this.launch = launch;
    }

    /** Called by Flink's application mode. */
    public static void main(String[] args) {
        Launch launch = new Launch(SharedOutbox.find());
        launch.carryOut(() -> new SqlRunner(launch).run(args));
    }

    private void run(String[] args) throws LaunchFault, IOException {
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
        launch.compiled(statements.size(), inserts.size());
        launch.submitted(JobStart.submit(script, settings, environment, inserts));
    }

    private static Script read(Path path) throws LaunchFault, IOException {
        try {
            return new Script(Files.readString(path));
        } catch (CharacterCodingException malformed) {
            throw new LaunchFault(FailureCode.SQL_INVALID, "The script is not valid UTF-8.", malformed);
        }
    }
}
