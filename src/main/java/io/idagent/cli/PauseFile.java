package io.idagent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** While it exists the daemon converts nothing; its first line says why. */
final class PauseFile {

    private static final String FILE = "etc/libvirt-id-agent/paused";

    private PauseFile() {}

    /** @param root of the system that is to be paused */
    static void write(Path root, String reason) throws IOException {
        Path file = root.resolve(FILE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, reason + "\n");
    }
}
