package io.idagent.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Who holds which file, as /proc/locks tells ({@code proc_locks(5)}). To look at it takes no right to the file, and disturbs
 * nobody: a process that opens and closes a file gives up its own lock on it, and one that tries a lock holds it for a moment.
 *
 * <p>The kernel does not show what is locked by a process that this one could not see.
 */
public final class KernelLocks {

    private static final Path LOCKS = Path.of("/proc/locks");

    private KernelLocks() {}

    /** Whether some process, this one or another, has an {@link ExclusiveLock} on a file. */
    public static boolean isExclusive(Path file) throws IOException {
        String place;
        try {
            place = place(file.toRealPath());
        } catch (NoSuchFileException none) {
            return false;
        }
        for (String line : Files.readAllLines(LOCKS, StandardCharsets.ISO_8859_1)) {
            // 1: POSIX  ADVISORY  WRITE 1234 00:19:5678 0 EOF; who waits for a lock has an arrow before its kind.
            List<String> words = Arrays.asList(line.split(" +"));
            if (words.size() > 5
                    && words.get(1).equals("POSIX")
                    && words.get(3).equals("WRITE")
                    && words.get(5).equals(place)) {
                return true;
            }
        }
        return false;
    }

    /** The file system is named as in mountinfo; stat has another number for it on btrfs. */
    private static String place(Path file) throws IOException {
        Object inode = Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        String[] device = MountTable.ofThisProcess()
                .holding(RawPath.of(file))
                .orElseThrow(() -> new IOException("no mount in which " + file + " lies"))
                .device()
                .split(":");
        return String.format("%02x:%02x:%s", Integer.parseInt(device[0]), Integer.parseInt(device[1]), inode);
    }
}
