package io.rheostat.agent;

/** Thrown out of System.exit in place of the end of the JVM. */
final class ExitIntercepted extends SecurityException {
    private static final long serialVersionUID = 1L;

    final int status;

    /** Who called. */
    final transient StackTraceElement point;

    ExitIntercepted(int status, StackTraceElement point) {
        super("System.exit(" + status + ") is not for programs");
        this.status = status;
        this.point = point;
    }
}
