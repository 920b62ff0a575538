package io.rheostat.agent;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The attempt's folder: whom to report to, and where the outcome goes. */
final class RunFolder {
    private final Path path;
    private final String incarnation;

    RunFolder(Path path, String incarnation) {
        this.path = path;
        this.incarnation = incarnation;
    }

    /** Empty when {@code RHEOSTAT_RUN_DIR} is absent: this JVM is not ours, and the agent stays inert. */
    static Optional<RunFolder> of(Map<String, String> environment) {
        String folder = environment.get("RHEOSTAT_RUN_DIR");
        if (folder == null || folder.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(new RunFolder(Path.of(folder), environment.getOrDefault("RHEOSTAT_INCARNATION", "")));
    }

    Path outcome() {
        return path.resolve("outcome.json");
    }

    Path reservedKeys() {
        return path.resolve("reserved.keys");
    }

    /** Random id of this JVM's start; empty when the environment names none. */
    String incarnation() {
        return incarnation;
    }

    /** The attempt's id, or empty while {@code agent.properties} cannot be read. */
    String attempt() {
        try {
            return properties().getProperty("attempt", "");
        } catch (IOException | IllegalArgumentException unreadable) {
            return "";
        }
    }

    /** Read anew by every call: a server that starts again may listen on another port. */
    Target target() throws IOException {
        Properties properties = properties();
        String base = properties.getProperty("endpoint");
        if (base == null) {
            String file = properties.getProperty("endpoint.file");
            if (file == null) {
                throw new IOException("agent.properties names no endpoint");
            }
            base = Files.readString(path.resolve(file));
        }
        String trimmed = base.trim();
        if (trimmed.isEmpty()) {
            throw new IOException("the endpoint is empty");
        }
        String slashless = trimmed.endsWith("/") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
        try {
            return new Target(
                    URI.create(slashless + "/ingest/v1/events"),
                    Files.readString(path.resolve("token")).trim(),
                    properties.getProperty("attempt", ""));
        } catch (IllegalArgumentException malformed) {
            throw new IOException("the endpoint is no URL", malformed);
        }
    }

    private Properties properties() throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path.resolve("agent.properties"), StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return properties;
    }

    /** One reading of where events go, and as whom. */
    static final class Target {
        final URI uri;
        final String token;
        final String attempt;

        Target(URI uri, String token, String attempt) {
            this.uri = uri;
            this.token = token;
            this.attempt = attempt;
        }
    }
}
