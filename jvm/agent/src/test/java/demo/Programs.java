package demo;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What users write, good and bad; outside of the agent's package, since the agent passes over its own frames. */
public final class Programs {
    /** What the last program was called with. */
    public static volatile String called = "";

    /** How far it came. */
    public static volatile boolean wentOn;

    private Programs() {}

    private static StreamExecutionEnvironment pipeline() {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.fromSequence(1, 10).print();
        return environment;
    }

    public static final class Executes {
        public static void main(String[] args) throws Exception {
            called = String.join("|", args) + " " + Thread.currentThread().getName();
            pipeline().execute("one");
            wentOn = true;
        }
    }

    public static final class ExecutesAsync {
        public static void main(String[] args) throws Exception {
            pipeline().executeAsync("one");
        }
    }

    public static final class ExecutesTwice {
        public static void main(String[] args) throws Exception {
            pipeline().execute("one");
            try {
                pipeline().execute("two");
            } catch (Exception swallowed) {
                called = "swallowed";
            }
            wentOn = true;
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
            pipeline().execute("one");
            throw new IllegalStateException("no metrics");
        }
    }

    public static final class MissesAClass {
        public static void main(String[] args) throws Exception {
            Class.forName("demo.Absent");
        }
    }

    public static final class IsInterrupted {
        public static void main(String[] args) throws Exception {
            pipeline().execute("one");
            throw new RuntimeException(new InterruptedException());
        }
    }

    public static final class Exits {
        public static void main(String[] args) {
            System.exit(7);
        }
    }

    public static final class ExitsAfterwards {
        public static void main(String[] args) throws Exception {
            pipeline().execute("one");
            Runtime.getRuntime().exit(0);
        }
    }

    public static final class SwallowsItsExit {
        public static void main(String[] args) {
            try {
                System.exit(1);
            } catch (SecurityException intercepted) {
                called = intercepted.getMessage();
            }
        }
    }

    public static final class HasNoStaticMain {
        public void main(String[] args) {}
    }

    static final class IsNotPublic {
        public static void main(String[] args) {}
    }
}
