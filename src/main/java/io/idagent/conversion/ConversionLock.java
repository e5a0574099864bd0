package io.idagent.conversion;

import io.idagent.platform.ExclusiveLock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** At most one conversion at a time. */
public final class ConversionLock {

    /** Whoever only looks whether the lock is taken has it for a moment: that is no conversion. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private ConversionLock() {}

    /** @return empty if another conversion is running */
    public static Optional<ExclusiveLock> take(Path file) throws IOException {
        Files.createDirectories(
                file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        return ExclusiveLock.take(file, PATIENCE);
    }

    /**
     * Whether a conversion is running. Needs the right to read the file, which the package gives to the daemon's group: by
     * reading it one could lock conversions out.
     */
    public static boolean isTaken(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
            return lock == null;
        } catch (NoSuchFileException none) {
            return false;
        }
    }
}
