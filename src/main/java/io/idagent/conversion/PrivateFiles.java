package io.idagent.conversion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that root believes later: made for their owner alone, on the disk when it is said so, and looked at before they are read. */
public final class PrivateFiles {

    private static final int GROUP_OR_OTHERS_WRITE = 022;

    private PrivateFiles() {}

    public static void createDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** Makes a file that is not there yet, for its owner alone, whatever umask the caller has; follows no link. */
    static FileChannel create(Path file) throws IOException {
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** Writes a file for its owner alone, whole or not at all; it is on the disk when this returns. */
    public static void put(Path file, byte[] content) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        Files.deleteIfExists(unfinished);
        try (FileChannel channel = create(unfinished)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(file.getParent());
    }

    /** Makes a new name durable: without it a power cut may take file and name. */
    static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Not a link, root's (or the caller's own, for those who try this without root), and closed to others. */
    public static void checkTrusted(Path path) throws IOException {
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        int uid = (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        boolean link = Files.isSymbolicLink(path);
        if (link || (uid != 0 && uid != ownUid()) || (mode & GROUP_OR_OTHERS_WRITE) != 0) {
            throw new IOException(String.format(
                    "%s is not believed: it %s. Others than root could have written it. Look at who did, then repair it"
                            + " (chown root:root, chmod go-w) or move it away",
                    path,
                    link
                            ? "is a symbolic link"
                            : String.format("belongs to uid %d and has mode %o", uid, mode & 07777)));
        }
    }

    private static int ownUid() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }
}
