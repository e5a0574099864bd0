package io.idagent.platform;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The lock of {@code lckpwdf(3)}, which usermod, adduser and their kind take before they give out a number.
 *
 * <p>Taken by the documented file lock, not by calling lckpwdf: that waits by means of SIGALRM, which in a virtual
 * machine with many threads reaches the wrong one.
 */
public final class PasswdLock implements AutoCloseable {

    public static final Path FILE = Path.of("/etc/.pwd.lock");
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final FileChannel channel;

    private PasswdLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock as soon as it is free.
     *
     * @return empty if another program still holds it after the limit
     */
    public static Optional<PasswdLock> take(Path file, Duration limit) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            FileLock lock = channel.tryLock();
            while (lock == null && System.nanoTime() < deadline) {
                Thread.sleep(PAUSE.toMillis());
                lock = channel.tryLock();
            }
            if (lock != null) {
                return Optional.of(new PasswdLock(channel));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
