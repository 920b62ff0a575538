package io.rheostat.agent;

/** Why no job came to be, or why the one that did may not stay; for a script also where in it. */
final class LaunchFault extends Exception {
    private static final long serialVersionUID = 1L;

    final transient FailureCode code;

    /** 1-based; 0 when no single statement is to blame. */
    final int statement;

    /** Null when no place in a script is to blame. */
    final transient Span span;

    LaunchFault(FailureCode code, int statement, Span span, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.statement = statement;
        this.span = span;
    }

    /** A fault without a place; the cause may be null. */
    LaunchFault(FailureCode code, String message, Throwable cause) {
        this(code, 0, null, message, cause);
    }
}
