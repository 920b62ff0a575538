package io.rheostat.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Configuration keys that a script may not set, since the control plane does. */
final class ReservedKeys {
    /** Reserved without being listed: waiting for the job in main would keep its events from being told apart from a start. */
    private static final List<String> ALWAYS = List.of("table.dml-sync", "$internal.*");

    private final List<String> patterns;

    ReservedKeys(List<String> patterns) {
        this.patterns = new ArrayList<>(ALWAYS);
        this.patterns.addAll(patterns);
    }

    /** One key a line; a trailing {@code *} makes it a prefix, {@code #} begins a comment. An absent file lists none. */
    static ReservedKeys read(Path file) throws IOException {
        List<String> patterns = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int comment = line.indexOf('#');
                String pattern = (comment < 0 ? line : line.substring(0, comment)).trim();
                if (!pattern.isEmpty()) {
                    patterns.add(pattern);
                }
            }
        } catch (NoSuchFileException absent) {
            // Optional by contract.
        }
        return new ReservedKeys(patterns);
    }

    boolean covers(String key) {
        String trimmed = key.trim();
        for (String pattern : patterns) {
            boolean prefix = pattern.endsWith("*");
            if (prefix ? trimmed.startsWith(pattern.substring(0, pattern.length() - 1)) : trimmed.equals(pattern)) {
                return true;
            }
        }
        return false;
    }
}
