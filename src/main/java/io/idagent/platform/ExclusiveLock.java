package io.idagent.platform;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** A write lock on a whole file ({@code fcntl(2)}). The kernel gives it back when the process ends, however it ends. */
public final class ExclusiveLock implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final FileChannel channel;

    private ExclusiveLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock as soon as it is free. The file is made if it is missing, for root alone: whoever may open a file can
     * lock it, and so lock others out.
     *
     * @return empty if another program still holds it after the limit
     */
    public static Optional<ExclusiveLock> take(Path file, Duration limit) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            FileLock lock = channel.tryLock();
            while (lock == null && System.nanoTime() < deadline) {
                Thread.sleep(PAUSE.toMillis());
                lock = channel.tryLock();
            }
            if (lock != null) {
                return Optional.of(new ExclusiveLock(channel));
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
