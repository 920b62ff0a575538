package io.rheostat.agent;

/** One-line notices in the JobManager's stderr: never a token, never a statement's text. */
final class Notice {
    private Notice() {}

    static void say(String text) {
        System.err.println("rheostat-agent: " + text.replaceAll("\\s+", " "));
    }
}
