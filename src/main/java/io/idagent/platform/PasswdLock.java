package io.idagent.platform;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The lock of {@code lckpwdf(3)}, which usermod, adduser and their kind take before they give out a number.
 *
 * <p>Taken by the documented file lock, not by calling lckpwdf: that waits by means of SIGALRM, which in a virtual
 * machine with many threads reaches the wrong one.
 */
public final class PasswdLock {

    public static final Path FILE = Path.of("/etc/.pwd.lock");

    private PasswdLock() {}

    /** @return empty if another program still holds it after the limit */
    public static Optional<ExclusiveLock> take(Path file, Duration limit) throws IOException {
        return ExclusiveLock.take(file, limit);
    }
}
