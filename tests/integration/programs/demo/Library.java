package demo;

/** Left out of the JAR on purpose. */
final class Library {
    private Library() {}

    static String name() {
        return "library";
    }
}
