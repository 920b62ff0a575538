package io.rheostat.agent;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * Finds the JVM's outbox from whichever class loader asks.
 *
 * <p>Flink loads this JAR several times (once for the main class, once per job) and closes those loaders
 * when it is done with them, which would break a thread that still runs their code. So the outbox lives in a
 * loader of its own below the platform's, is never closed, and is handed around as a JDK type in the system
 * properties.
 */
final class SharedOutbox {
    private static final String KEY = "io.rheostat.agent.outbox";

    private SharedOutbox() {}

    /** The one outbox, opened by the first caller; one that swallows everything when this JVM has no run folder. */
    static Consumer<Map<String, Object>> find() {
        return find(System.getenv());
    }

    @SuppressWarnings("unchecked")
    static Consumer<Map<String, Object>> find(Map<String, String> environment) {
        if (RunFolder.of(environment).isEmpty()) {
            return event -> {};
        }
        Properties shared = System.getProperties();
        // A constant is one object in the whole JVM, whichever loader asks.
        synchronized (KEY) {
            Object outbox = shared.get(KEY);
            if (outbox == null) {
                try {
                    outbox = open(environment);
                } catch (ReflectiveOperationException | RuntimeException | LinkageError failure) {
                    Notice.say("cannot report anything: " + failure);
                    outbox = (Consumer<Map<String, Object>>) event -> {};
                }
                shared.put(KEY, outbox);
            }
            return (Consumer<Map<String, Object>>) outbox;
        }
    }

    @SuppressWarnings("resource") // Stays open as long as the JVM.
    private static Object open(Map<String, String> environment) throws ReflectiveOperationException {
        URL home = SharedOutbox.class.getProtectionDomain().getCodeSource().getLocation();
        ClassLoader loader = new URLClassLoader("rheostat-outbox", new URL[] {home}, ClassLoader.getPlatformClassLoader());
        return loader.loadClass(Outbox.class.getName()).getMethod("open", Map.class).invoke(null, environment);
    }
}
