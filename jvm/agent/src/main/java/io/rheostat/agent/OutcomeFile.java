package io.rheostat.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** The final word about an attempt, on disk before it is sent. */
final class OutcomeFile {
    /** Fits a Kubernetes termination message (4,096 bytes) with room to spare. */
    static final int LIMIT_BYTES = 3500;

    private static final String[] CUTTABLE = {"cause", "message"};

    private final Path path;

    OutcomeFile(Path path) {
        this.path = path;
    }

    /**
     * Writes the outcome as a whole or not at all, and survives a power cut once it returned.
     *
     * @return false when an outcome is already there: it is left as it is
     */
    boolean write(Map<String, ?> fields) throws IOException {
        if (Files.exists(path)) {
            return false;
        }
        Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
        try (FileChannel channel =
                FileChannel.open(
                        temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(render(fields).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException unsupported) {
            // Some file systems cannot sync a folder; the file itself is safe.
        }
        return true;
    }

    /** JSON of at most {@link #LIMIT_BYTES} bytes; the texts of cause and message are cut as far as needed. */
    static String render(Map<String, ?> fields) {
        Map<String, Object> fitted = new LinkedHashMap<>(fields);
        String json = Json.object(fitted);
        for (String name : CUTTABLE) {
            while (size(json) > LIMIT_BYTES && fitted.get(name) instanceof String) {
                String text = (String) fitted.get(name);
                int excess = size(json) - LIMIT_BYTES;
                // A UTF-16 unit takes up to six bytes here; cutting a sixth of the excess and looking again keeps most.
                int keep = text.length() - Math.max(Excerpt.MARK.length() + 1, excess / 6);
                if (keep <= Excerpt.MARK.length()) {
                    fitted.remove(name);
                } else {
                    fitted.put(name, Excerpt.of(text, keep));
                }
                json = Json.object(fitted);
            }
        }
        return json;
    }

    private static int size(String json) {
        return json.getBytes(StandardCharsets.UTF_8).length;
    }
}
