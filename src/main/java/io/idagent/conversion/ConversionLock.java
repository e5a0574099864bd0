package io.idagent.conversion;

import io.idagent.platform.ExclusiveLock;
import io.idagent.platform.KernelLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;

/** At most one conversion at a time. The file is root's alone: whoever could read it could lock conversions out. */
public final class ConversionLock {

    private ConversionLock() {}

    /** @return empty if another conversion is running */
    public static Optional<ExclusiveLock> take(Path file) throws IOException {
        Files.createDirectories(
                file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        return ExclusiveLock.take(file, Duration.ZERO);
    }

    /** Whether a conversion is running, in this process or in another. */
    public static boolean isTaken(Path file) throws IOException {
        return KernelLocks.isExclusive(file);
    }
}
