package io.rheostat.agent;

import java.security.Permission;

/**
 * Keeps a program from ending the JobManager by System.exit, where the JVM lets it.
 *
 * <p>That is Java 11 to 17, 18 to 23 with {@code -Djava.security.manager=allow}, none from 24 on. Without it the
 * JVM ends, and the {@link Outbox} reports who ended it. Only calls with a class of the program's own on the stack are
 * stopped: Flink ends a JobManager that is beyond help in the same way.
 */
final class ExitGuard {
    private final ClassLoader program;
    private volatile ExitIntercepted intercepted;
    private boolean installed;

    private ExitGuard(ClassLoader program) {
        this.program = program;
    }

    /** Guards against classes of this loader; without effect where the JVM does not allow it, or another guard is in place. */
    static ExitGuard install(ClassLoader program) {
        ExitGuard guard = new ExitGuard(program);
        try {
            if (System.getSecurityManager() == null) {
                System.setSecurityManager(guard.new Interceptor());
                guard.installed = true;
            }
        } catch (UnsupportedOperationException | SecurityException notAllowed) {
            guard.installed = false;
        }
        return guard;
    }

    void remove() {
        if (installed) {
            System.setSecurityManager(null);
        }
    }

    /** The last call that was stopped, or null. */
    ExitIntercepted intercepted() {
        return intercepted;
    }

    private final class Interceptor extends SecurityManager {
        @Override
        public void checkExit(int status) {
            StackTraceElement[] frames = Thread.currentThread().getStackTrace();
            for (Class<?> caller : getClassContext()) {
                if (caller.getClassLoader() == program && !caller.getName().startsWith("io.rheostat.agent.")) {
                    intercepted = new ExitIntercepted(status, ExitPoint.callers(frames)[0]);
                    throw intercepted;
                }
            }
        }

        @Override
        public void checkPermission(Permission permission) {
            // Everything else is allowed, as without a guard.
        }

        @Override
        public void checkPermission(Permission permission, Object context) {
            // The same.
        }
    }
}
