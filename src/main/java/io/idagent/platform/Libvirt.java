package io.idagent.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks libvirt about itself over a read-only connection, which every user may open.
 *
 * <p>The first question to a daemon with a cold cache makes it start each qemu emulator with {@code -machine none} for a
 * moment, as the account; and every question wakes a sleeping daemon. So: ask once per daemon process, not in a loop.
 */
public final class Libvirt implements LabelSource {

    private final String uri;
    private final Duration limit;
    private final Path runDirectory;
    private final Path saveDirectory;

    /** The question that is still waiting in native code after its time limit, if any. */
    private Thread stuck;

    /** @param limit for one whole {@link #ask}, the daemon's start by its socket included */
    public Libvirt(String uri, Duration limit) {
        this(uri, limit, Path.of("/run/libvirt/qemu"), Path.of("/var/lib/libvirt/qemu/save"));
    }

    Libvirt(String uri, Duration limit, Path runDirectory, Path saveDirectory) {
        this.uri = uri;
        this.limit = limit;
        this.runDirectory = runDirectory;
        this.saveDirectory = saveDirectory;
    }

    /** @throws LibvirtUnavailableException if libvirt is not installed, does not answer in time, or answers nonsense */
    public LibvirtReport ask() throws LibvirtUnavailableException, InterruptedException {
        return ask(() -> new LibvirtConversation(uri, this::pidOf, saveDirectory).report());
    }

    /**
     * Asks for the base label alone: what proves, after a conversion, that the daemon has the new numbers.
     *
     * @throws LibvirtUnavailableException as {@link #ask()}
     */
    @Override
    public Optional<Owner> askBaseLabel() throws LibvirtUnavailableException, InterruptedException {
        return ask(() -> new LibvirtConversation(uri, this::pidOf, saveDirectory).baseLabel());
    }

    /** Any question, within the time limit. */
    synchronized <T> T ask(Callable<T> question) throws LibvirtUnavailableException, InterruptedException {
        if (stuck != null && stuck.isAlive()) {
            throw new LibvirtUnavailableException(
                    "libvirt at " + uri + " has still not answered an earlier question.", null);
        }
        FutureTask<T> answer = new FutureTask<>(question);
        // Native code cannot be interrupted: a thread that the JVM does not wait for is left behind if need be.
        Thread asker = new Thread(answer, "libvirt");
        asker.setDaemon(true);
        asker.start();
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            stuck = asker;
            throw new LibvirtUnavailableException(
                    "libvirt at " + uri + " did not answer within " + limit.toMillis() / 1000.0 + " s.", e);
        } catch (ExecutionException e) {
            throw explained(e.getCause());
        }
    }

    private LibvirtUnavailableException explained(Throwable cause) {
        if (cause instanceof LibvirtUnavailableException already) {
            return already;
        }
        if (cause instanceof LinkageError) {
            // The first use gives UnsatisfiedLinkError, each later one NoClassDefFoundError.
            return new LibvirtUnavailableException(
                    "libvirt is not installed: its library libvirt.so.0 cannot be loaded.", cause, true);
        }
        return new LibvirtUnavailableException(
                "Cannot ask libvirt at " + uri + ": "
                        + (cause.getMessage() == null ? cause.toString() : cause.getMessage()),
                cause);
    }

    /** The pid file that libvirt writes for each guest of the system instance; readable for all. */
    private Optional<Integer> pidOf(String domain) {
        try {
            byte[] content = Files.readAllBytes(runDirectory.resolve(domain + ".pid"));
            return Optional.of(Integer.valueOf(new String(content, StandardCharsets.US_ASCII).strip()));
        } catch (IOException | NumberFormatException | InvalidPathException unknown) {
            return Optional.empty();
        }
    }
}
