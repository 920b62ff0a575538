package io.rheostat.agent;

/** Why a script did not become a job, and where in it. */
final class LaunchFault extends Exception {
    private static final long serialVersionUID = 1L;

    final transient FailureCode code;

    /** 1-based; 0 when no single statement is to blame. */
    final int statement;

    /** Null when no place in the script is to blame. */
    final transient Span span;

    LaunchFault(FailureCode code, int statement, Span span, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.statement = statement;
        this.span = span;
    }
}
