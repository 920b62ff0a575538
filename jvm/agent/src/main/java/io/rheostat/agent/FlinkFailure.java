package io.rheostat.agent;

import java.lang.reflect.Method;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what Flink threw. Parser and validator exceptions carry positions, but their classes live in the
 * planner, perhaps behind its own class loader: they are asked by method name only.
 */
final class FlinkFailure {
    private static final int MESSAGE_LIMIT = 600;
    private static final Pattern PLACE =
            Pattern.compile("(?i)\\b(?:at|from) line (\\d+), column (\\d+)(?: to line (\\d+), column (\\d+))?\\s*[:.]?\\s*");
    private static final Pattern MISSING =
            Pattern.compile(
                    "Could not find any (?:\\w+ )?factor(?:y|ies)\\b.*|Cannot discover a connector.*"
                            + "|Could not find a file system implementation for scheme.*|Could not load class.*",
                    Pattern.DOTALL);
    private static final Pattern SECOND_JOB =
            Pattern.compile("Cannot have more than (?:one execute|\\d+ (?:streaming )?jobs).* in a single environment");
    private static final Pattern IDENTIFIER = Pattern.compile("identifier '([^']+)'");
    private static final Pattern EXPECTING = Pattern.compile("\\s*Was expecting(?: one of)?:.*", Pattern.DOTALL);

    private final List<Throwable> chain;
    private final Throwable failure;

    FlinkFailure(Throwable failure) {
        this.failure = failure;
        this.chain = CauseText.chain(failure);
    }

    /** A fault of the statement: at Flink's position where it names one, else at the statement's start. */
    LaunchFault inStatement(Script script, Statement statement, FailureCode otherwise) {
        Span span = position(script, statement);
        FailureCode code = isMissingClass() ? FailureCode.MISSING_CLASS : otherwise;
        return new LaunchFault(code, statement.number, span, message(code), failure);
    }

    /** The fault when Flink did not start the job; the path is the one that it was to be restored from, or null. */
    LaunchFault notStarted(String path) {
        if (path != null && isRestore()) {
            return new LaunchFault(
                    FailureCode.RESTORE_FAILED, "Flink could not start the job from " + path + ": " + plain(root()), failure);
        }
        FailureCode code = isMissingClass() ? FailureCode.MISSING_CLASS : FailureCode.SUBMIT_FAILED;
        String message = message(code);
        return new LaunchFault(code, code == FailureCode.MISSING_CLASS ? message : "Flink refused the job: " + message, failure);
    }

    /** True when Flink says that this program, or this job id, has had its one job. */
    boolean isSecondJob() {
        return chain.stream()
                .anyMatch(
                        t ->
                                t.getClass().getSimpleName().equals("DuplicateJobSubmissionException")
                                        || SECOND_JOB.matcher(String.valueOf(t.getMessage())).lookingAt());
    }

    /** True when a thread was told to end, which is no fault of the program's. */
    boolean isInterruption() {
        return find(InterruptedException.class) != null;
    }

    /** The outermost throwable of a kind, or null. */
    <T extends Throwable> T find(Class<T> kind) {
        return chain.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElse(null);
    }

    /** True when some message of the chain contains the text. */
    boolean mentions(String text) {
        return chain.stream().anyMatch(t -> t.getMessage() != null && t.getMessage().contains(text));
    }

    /** True when the planner was through and the job was being handed over. */
    boolean isSubmission() {
        return chain.stream()
                .anyMatch(
                        t ->
                                "Failed to execute sql".equals(t.getMessage())
                                        || t.getClass().getSimpleName().equals("JobInitializationException")
                                        || t.getClass().getSimpleName().equals("JobSubmissionException"));
    }

    /** True when the JobMaster gave up while it read the snapshot to start from. */
    boolean isRestore() {
        return chain.stream()
                .flatMap(t -> List.of(t.getStackTrace()).stream())
                .anyMatch(
                        frame ->
                                frame.getMethodName().equals("tryRestoreExecutionGraphFromSavepoint")
                                        || frame.getMethodName().equals("restoreSavepoint")
                                        || frame.getMethodName().equals("loadAndValidateCheckpoint"));
    }

    boolean isMissingClass() {
        return chain.stream()
                .anyMatch(
                        t ->
                                t instanceof ClassNotFoundException
                                        || t instanceof NoClassDefFoundError
                                        || (t.getMessage() != null && MISSING.matcher(t.getMessage()).matches()));
    }

    Throwable root() {
        return chain.get(chain.size() - 1);
    }

    /** One or two plain sentences without positions. */
    String message(FailureCode code) {
        if (code == FailureCode.MISSING_CLASS) {
            return missing();
        }
        Throwable speaker = root();
        for (Throwable t : chain) {
            // Calcite's context exception says only where; what happened is its cause, or the root.
            if (call(t, "getPos") != null) {
                speaker = t;
                break;
            }
        }
        return plain(speaker);
    }

    static String plain(Throwable t) {
        String message = t.getMessage();
        if (message == null || message.isBlank()) {
            return "Flink failed with " + t.getClass().getSimpleName() + ".";
        }
        String unplaced = PLACE.matcher(EXPECTING.matcher(message).replaceFirst("")).replaceAll("");
        String line = unplaced.replaceAll("\\s+", " ").trim();
        if (line.startsWith("Encountered ")) {
            line = "Flink did not expect " + line.substring("Encountered ".length()) + " here";
        }
        line = Excerpt.of(line, MESSAGE_LIMIT);
        return line.endsWith(".") || line.endsWith(Excerpt.MARK) ? line : line + ".";
    }

    private String missing() {
        for (int i = chain.size() - 1; i >= 0; i--) {
            Throwable t = chain.get(i);
            String message = t.getMessage() == null ? "" : t.getMessage();
            if (t instanceof ClassNotFoundException || t instanceof NoClassDefFoundError) {
                return "The class " + message.replace('/', '.') + " is not on the classpath. Add the JAR that contains it to the job.";
            }
            Matcher identifier = IDENTIFIER.matcher(message);
            if (identifier.find()) {
                return "Flink knows no connector, format or catalog named '" + identifier.group(1)
                        + "'. Add the JAR that contains it to the job, or correct the name.";
            }
        }
        return plain(root());
    }

    private Span position(Script script, Statement statement) {
        for (int i = chain.size() - 1; i >= 0; i--) {
            Throwable t = chain.get(i);
            Object pos = call(t, "getPos");
            int[] place =
                    pos != null
                            ? places(pos, "getLineNum", "getColumnNum", "getEndLineNum", "getEndColumnNum")
                            : places(t, "getPosLine", "getPosColumn", "getEndPosLine", "getEndPosColumn");
            Span span = absolute(script, statement, place);
            if (span != null) {
                return span;
            }
        }
        for (int i = chain.size() - 1; i >= 0; i--) {
            Matcher told = PLACE.matcher(String.valueOf(chain.get(i).getMessage()));
            if (told.find()) {
                Span span = absolute(script, statement, told(told));
                if (span != null) {
                    return span;
                }
            }
        }
        return script.at(statement.offset);
    }

    private static int[] told(Matcher told) {
        int[] place = new int[4];
        for (int i = 0; i < 4; i++) {
            String digits = told.group(i + 1);
            place[i] = digits == null || digits.length() > 9 ? 0 : Integer.parseInt(digits);
        }
        return place;
    }

    /** Null when there is no position, or one outside of the statement (a view's own text, for instance). */
    private static Span absolute(Script script, Statement statement, int[] place) {
        if (place == null) {
            return null;
        }
        int from = script.offset(statement.offset, place[0], place[1]);
        if (from < statement.offset || from > statement.offset + statement.text.length()) {
            return null;
        }
        int to = script.offset(statement.offset, place[2], place[3]);
        boolean ends = to >= from && to < statement.offset + statement.text.length();
        return ends ? script.between(from, to) : script.at(from);
    }

    private static int[] places(Object source, String... getters) {
        int[] values = new int[getters.length];
        for (int i = 0; i < getters.length; i++) {
            Object value = call(source, getters[i]);
            if (!(value instanceof Integer)) {
                return null;
            }
            values[i] = (Integer) value;
        }
        return values;
    }

    /** The result of a public method without parameters; null when there is none or it fails. */
    static Object call(Object target, String method) {
        try {
            Method found = target.getClass().getMethod(method);
            return found.invoke(target);
        } catch (ReflectiveOperationException | RuntimeException absent) {
            return null;
        }
    }
}
