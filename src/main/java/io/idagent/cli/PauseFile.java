package io.idagent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** While it exists the daemon converts nothing; its first line says why. */
final class PauseFile {

    static final Path FILE = Path.of("/etc/libvirt-id-agent/paused");

    private PauseFile() {}

    static void write(String reason) throws IOException {
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, reason + "\n");
    }
}
