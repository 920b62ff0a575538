package io.rheostat.agent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What all threads are at, as text of a bounded size; what matters most comes first. */
final class ThreadDump {
    static final int LIMIT_BYTES = 16_384;

    /** The thread that matters shows this many frames, the others fewer. */
    private static final int FRAMES = 100;

    private static final int OTHER_FRAMES = 8;

    private ThreadDump() {}

    /** The given thread first, then those that run code of the program, then the rest by name. */
    static String of(Thread first) {
        Map<Thread, StackTraceElement[]> all = Thread.getAllStackTraces();
        List<Thread> threads = new ArrayList<>(all.keySet());
        threads.sort(
                Comparator.comparing((Thread thread) -> thread != first)
                        .thenComparing(thread -> !ExitPoint.runsProgram(all.get(thread)))
                        .thenComparing(Thread::getName));
        StringBuilder text = new StringBuilder();
        int bytes = 0;
        for (Thread thread : threads) {
            String one = describe(thread, all.get(thread), thread == first ? FRAMES : OTHER_FRAMES);
            int size = one.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + size > LIMIT_BYTES - Excerpt.MARK.getBytes(StandardCharsets.UTF_8).length) {
                // Whole threads only, but never nothing at all.
                return (bytes == 0 ? Excerpt.of(one, LIMIT_BYTES / 3) : text.toString()) + Excerpt.MARK;
            }
            text.append(one);
            bytes += size;
        }
        return text.toString();
    }

    private static String describe(Thread thread, StackTraceElement[] frames, int limit) {
        StringBuilder text = new StringBuilder("\"" + thread.getName() + "\" " + thread.getState());
        for (int i = 0; i < Math.min(frames.length, limit); i++) {
            text.append("\n  at ").append(frames[i]);
        }
        return text.append(frames.length > limit ? "\n  …\n\n" : "\n\n").toString();
    }
}
