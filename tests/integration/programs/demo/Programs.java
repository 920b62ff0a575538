package demo;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;

/** What users write, good and bad; compiled by the tests against the JARs of an engine. */
public final class Programs {
    private Programs() {}

    private static StreamExecutionEnvironment pipeline(long last, long pauseMs) {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment
                .fromSequence(1, last)
                .uid("numbers")
                .map(number -> {
                    Thread.sleep(pauseMs);
                    return number;
                })
                .returns(Types.LONG)
                .keyBy(number -> number % 7)
                .reduce(Long::sum)
                .uid("sums")
                .sinkTo(new DiscardingSink<>())
                .uid("nowhere");
        return environment;
    }

    /** Runs until it is stopped; writes its arguments, a line each, into the file that the first one names. */
    public static final class Endless {
        public static void main(String[] args) throws Exception {
            if (args.length > 0) {
                Files.writeString(Path.of(args[0]), String.join("\n", args));
            }
            pipeline(Long.MAX_VALUE, 20).execute("its own name");
        }
    }

    public static final class Ends {
        public static void main(String[] args) throws Exception {
            pipeline(100, 0).execute();
        }
    }

    public static final class Tables {
        public static void main(String[] args) {
            TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.inBatchMode());
            tables.executeSql("CREATE TABLE nowhere (n INT) WITH ('connector' = 'blackhole')");
            tables.executeSql("INSERT INTO nowhere VALUES (1), (2)");
        }
    }

    public static final class ExecutesTwice {
        public static void main(String[] args) throws Exception {
            pipeline(Long.MAX_VALUE, 20).execute("one");
            pipeline(Long.MAX_VALUE, 20).execute("two");
        }
    }

    public static final class DoesNothing {
        public static void main(String[] args) {}
    }

    public static final class Throws {
        public static void main(String[] args) {
            throw new IllegalArgumentException("--input is missing");
        }
    }

    public static final class ThrowsAfterwards {
        public static void main(String[] args) throws Exception {
            pipeline(Long.MAX_VALUE, 20).execute("one");
            throw new IllegalStateException("the catalog cannot be told");
        }
    }

    public static final class Exits {
        public static void main(String[] args) {
            System.exit(3);
        }
    }

    public static final class ExitsAfterwards {
        public static void main(String[] args) throws Exception {
            pipeline(Long.MAX_VALUE, 20).execute("one");
            System.exit(0);
        }
    }

    public static final class NoMain {}

    public static final class LacksLibrary {
        public static void main(String[] args) throws Exception {
            System.out.println(Library.name());
            pipeline(10, 0).execute("one");
        }
    }

    /** The user's function fails; Flink restarts it as often as it was told. */
    public static final class FailsInAMap {
        public static void main(String[] args) throws Exception {
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            environment
                    .fromSequence(1, 10)
                    .map(number -> {
                        if (number == 7) {
                            throw new IllegalStateException("seven is not wanted");
                        }
                        return number;
                    })
                    .returns(Types.LONG)
                    .sinkTo(new DiscardingSink<>());
            environment.execute();
        }
    }
}
