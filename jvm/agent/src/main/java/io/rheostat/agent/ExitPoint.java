package io.rheostat.agent;

import java.util.Arrays;
import java.util.Objects;

/**
 * Finds who called System.exit, from within a shutdown hook: that thread stands there until all hooks are done.
 *
 * <p>A signal, too, ends in the same method, but on a thread of the JVM's own. Knows JDK classes only, since
 * the {@link Outbox} uses it.
 */
final class ExitPoint {
    private ExitPoint() {}

    /** The place in the program that called exit; null when it was not the program that ended the JVM. */
    static StackTraceElement find() {
        return Thread.getAllStackTraces().values().stream().map(ExitPoint::in).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** The same for one thread's frames, innermost first. */
    static StackTraceElement in(StackTraceElement[] frames) {
        StackTraceElement[] callers = callers(frames);
        return callers.length > 0 && runsProgram(callers) ? callers[0] : null;
    }

    /** The frames that called exit, or none. */
    static StackTraceElement[] callers(StackTraceElement[] frames) {
        for (int i = 0; i + 1 < frames.length; i++) {
            boolean exits =
                    frames[i].getMethodName().equals("exit")
                            && (frames[i].getClassName().equals("java.lang.System") || frames[i].getClassName().equals("java.lang.Runtime"));
            if (exits && !frames[i + 1].getClassName().equals("java.lang.System")) {
                return Arrays.copyOfRange(frames, i + 1, frames.length);
            }
        }
        return new StackTraceElement[0];
    }

    /** True when some frame is of a class that Flink's loader for programs has loaded: it bears no name, and neither does its module. */
    static boolean runsProgram(StackTraceElement[] frames) {
        return Arrays.stream(frames)
                .anyMatch(
                        frame ->
                                frame.getModuleName() == null
                                        && frame.getClassLoaderName() == null
                                        && !frame.getClassName().startsWith("org.apache.flink.")
                                        && !frame.getClassName().startsWith("io.rheostat.agent."));
    }
}
