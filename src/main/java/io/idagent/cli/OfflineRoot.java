package io.idagent.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Looks whether a directory given by {@code --root} can be edited without leaving it.
 *
 * <p>usermod -P opens DIR/etc/passwd as any path: where DIR/etc is a symbolic link to /etc it edits this host's files.
 * So does it with each file that it reads or replaces there.
 */
final class OfflineRoot {

    /** What this program itself writes below DIR. */
    private static final List<String> WRITTEN =
            List.of("var/lib/libvirt-id-agent/conversions", "run/libvirt-id-agent", "etc/libvirt-id-agent/paused");

    private OfflineRoot() {}

    /** @return why the directory is refused; empty if it is not */
    static Optional<String> objection(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.of(directory + " is no directory");
        }
        if (directory.toRealPath().getNameCount() == 0) {
            return Optional.of(directory + " is this host itself; leave --root out");
        }
        Path etc = directory.resolve("etc");
        if (Files.isSymbolicLink(etc)) {
            return Optional.of(link(etc));
        }
        if (!Files.isRegularFile(etc.resolve("passwd"), LinkOption.NOFOLLOW_LINKS)
                && !Files.isSymbolicLink(etc.resolve("passwd"))) {
            return Optional.of(
                    "there is no file " + etc.resolve("passwd") + ", so this is no root directory of a system");
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                etc, "{passwd,group,shadow,gshadow,subuid,subgid,login.defs,nsswitch.conf,.pwd.lock}*")) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)) {
                    return Optional.of(link(file));
                }
            }
        }
        for (String written : WRITTEN) {
            Path part = directory;
            for (Path name : Path.of(written)) {
                part = part.resolve(name);
                if (Files.isSymbolicLink(part)) {
                    return Optional.of(link(part));
                }
            }
        }
        return Optional.empty();
    }

    private static String link(Path path) throws IOException {
        return path + " is a symbolic link (to " + Files.readSymbolicLink(path)
                + "): a change could leave the directory and hit this host. Replace it by what it points to";
    }
}
