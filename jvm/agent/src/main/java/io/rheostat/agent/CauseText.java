package io.rheostat.agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A throwable as text for people: the root first, since it says what happened. */
final class CauseText {
    static final int LIMIT = 2000;

    private static final int MAX_DEPTH = 40;
    private static final int ROOT_FRAMES = 5;

    private CauseText() {}

    /** The root cause, then each wrapper in a line of its own; at most {@link #LIMIT} UTF-16 units. Null stays null. */
    static String of(Throwable failure) {
        return render(failure, 0);
    }

    /** The same with the root's first frames: which line of whose code. */
    static String withFrames(Throwable failure) {
        return render(failure, ROOT_FRAMES);
    }

    private static String render(Throwable failure, int frames) {
        if (failure == null) {
            return null;
        }
        List<Throwable> chain = chain(failure);
        Throwable root = chain.get(chain.size() - 1);
        StringBuilder text = new StringBuilder(line(root));
        Arrays.stream(root.getStackTrace())
                .filter(frame -> !frame.getClassName().contains("reflect."))
                .limit(frames)
                .forEach(frame -> text.append("\n  at ").append(frame));
        String last = line(root);
        for (int i = chain.size() - 2; i >= 0; i--) {
            String line = line(chain.get(i));
            // Wrappers like to repeat the message of what they wrap.
            if (!line.equals(last)) {
                text.append("\nwrapped by ").append(line);
            }
            last = line;
        }
        return Excerpt.of(text.toString(), LIMIT);
    }

    /** The throwable and its causes, outermost first; ends at a cycle. */
    static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable t = failure; t != null && chain.size() < MAX_DEPTH && !chain.contains(t); t = t.getCause()) {
            chain.add(t);
        }
        return chain;
    }

    private static String line(Throwable t) {
        String message = t.getMessage();
        // Flink's stand-in for a throwable of another class loader carries the original's name in its message.
        if (t.getClass().getSimpleName().equals("SerializedThrowable") && message != null) {
            return message;
        }
        boolean echoes = t.getCause() != null && t.getCause().toString().equals(message);
        return message == null || echoes ? t.getClass().getName() : t.getClass().getName() + ": " + message;
    }
}
