package io.idagent.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** While it exists the daemon converts nothing; its first line says why. */
public final class PauseFile {

    private static final String FILE = "etc/libvirt-id-agent/paused";

    private PauseFile() {}

    /**
     * @param root of the system that may be paused
     * @return the reason, which may be an empty line; empty if it is not paused. A file that cannot be read pauses too
     */
    public static Optional<String> read(Path root) {
        try {
            String text = new String(Files.readAllBytes(root.resolve(FILE)), StandardCharsets.UTF_8);
            return Optional.of(text.lines().findFirst().orElse("").strip());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("/" + FILE + " cannot be read: " + e);
        }
    }

    /** It is on the disk when this returns. */
    static void write(Path root, String reason) throws IOException {
        Path file = root.resolve(FILE);
        Files.createDirectories(file.getParent());
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap((reason + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    static void remove(Path root) throws IOException {
        Files.deleteIfExists(root.resolve(FILE));
    }
}
