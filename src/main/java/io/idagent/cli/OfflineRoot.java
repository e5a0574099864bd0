package io.idagent.cli;

import io.idagent.platform.RootsPath;
import io.idagent.settings.Settings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks whether a directory given by {@code --root} can be edited without leaving it.
 *
 * <p>usermod -P opens DIR/etc/passwd as any path: where DIR/etc is a symbolic link to /etc it edits this host's files.
 * So does it with each file that it reads or replaces there, and a backup is written into whatever file has that name.
 */
final class OfflineRoot {

    /** What a tool of shadow makes with its pid, and what it then calls the lock. */
    private static final Pattern LOCK = Pattern.compile("(passwd|group|shadow|gshadow|subuid|subgid)\\.(lock|[0-9]+)");

    private OfflineRoot() {}

    /** What this program itself writes below DIR. Deeper down it makes its own files, and follows no link. */
    private static List<Path> written(Settings settings) {
        return List.of(
                settings.stateDirectory().resolve("conversions"),
                settings.runDirectory().resolve("lock"),
                Path.of("/etc/libvirt-id-agent/paused"));
    }

    /** @return why the directory is refused; empty if it is not */
    static Optional<String> objection(Path directory, Settings settings, boolean asRoot) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.of(directory + " is no directory");
        }
        if (directory.toRealPath().getNameCount() == 0) {
            return Optional.of(directory + " is this host itself; leave --root out");
        }
        Optional<RootsPath.Weak> weak = asRoot ? RootsPath.weakness(directory) : Optional.empty();
        if (weak.isPresent()) {
            return weak.map(OfflineRoot::weak);
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
                Optional<String> objection = entry(file);
                if (objection.isPresent()) {
                    return objection;
                }
            }
        }
        for (Path written : written(settings)) {
            Path part = directory;
            for (Path name : written) {
                part = part.resolve(name);
                Optional<String> objection = entry(part);
                if (objection.isPresent()) {
                    return objection;
                }
                weak = asRoot && Files.isDirectory(part) ? RootsPath.weakness(part) : Optional.empty();
                if (weak.isPresent()) {
                    return weak.map(OfflineRoot::weak);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> entry(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return Optional.of(link(path));
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(path + " is a device, a pipe or a socket, and no file. Take it away");
        }
        int names = (int) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        return names == 1 || names == 2 && isLockLeftBehind(path)
                ? Optional.empty()
                : Optional.of(
                        path + " has another name somewhere (a hard link): what is written here would change there"
                                + " too. Replace it by a copy of its own");
    }

    /** Of a tool that was killed in between: both names of the file are those of a lock, and the next tool mends it. */
    private static boolean isLockLeftBehind(Path path) throws IOException {
        Matcher lock = LOCK.matcher(path.getFileName().toString());
        if (!lock.matches()) {
            return false;
        }
        try (DirectoryStream<Path> names = Files.newDirectoryStream(path.getParent(), lock.group(1) + ".*")) {
            for (Path name : names) {
                boolean isAnother = !name.equals(path)
                        && LOCK.matcher(name.getFileName().toString()).matches();
                if (isAnother && fileKey(name).equals(fileKey(path))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static String weak(RootsPath.Weak weak) {
        return weak.because() + ": others than root could put something else there while root works on it. Run: "
                + weak.mend();
    }

    private static String link(Path path) throws IOException {
        return path + " is a symbolic link (to " + Files.readSymbolicLink(path)
                + "): a change could leave the directory and hit this host. Replace it by what it points to";
    }
}
