package io.rheostat.agent;

/** Why no job came to be, in words that the control plane knows. */
enum FailureCode {
    /** Flink's parser, validator or optimiser says no. */
    SQL_INVALID,
    /** One of our rules for scripts says no. */
    SQL_REFUSED,
    /** The script sets a key that the control plane sets. */
    RESERVED_KEY,
    /** A class, connector, format or catalog is not on the classpath. */
    MISSING_CLASS,
    /** The job could not be initialised from its restore path. */
    RESTORE_FAILED,
    /** Anything else between a sound script and a running job. */
    SUBMIT_FAILED,
    /** The script inserts nothing; the program returned without having submitted a job. */
    NO_JOB,
    /** The JAR names no main class, or the class has no main method. */
    NO_MAIN,
    /** The program's main failed by itself. */
    MAIN_THREW,
    /** The program submitted, or tried to submit, a second job. */
    SECOND_EXECUTE,
    /** The program called System.exit. */
    EXITED,
    /** Our own mistake. */
    RUNNER_FAILED;

    String wire() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
