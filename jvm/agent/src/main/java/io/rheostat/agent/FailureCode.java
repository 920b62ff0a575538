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
    /** The script inserts nothing. */
    NO_JOB,
    /** Our own mistake. */
    RUNNER_FAILED;

    String wire() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
