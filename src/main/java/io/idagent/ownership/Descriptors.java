package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.LibC;
import io.idagent.platform.OpenFlags;
import java.util.function.IntSupplier;

/**
 * Opens entries of directories for one thread. When no descriptor is left it waits for one, and makes room for it.
 *
 * <p>Results are descriptors, or negated errnos.
 */
final class Descriptors {

    /** Instead of a descriptor: others must go first. No errno has this number. */
    static final int LATER = Integer.MIN_VALUE;

    private static final byte[] SELF = {'.'};
    private static final int READ_DIRECTORY = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC;

    private final LibC libC;
    private final WorkStack work;
    private final Pace pace;
    // Reading must not change times. The kernel allows this to the owner and to CAP_FOWNER only.
    private int noAtime = OpenFlags.O_NOATIME;

    Descriptors(LibC libC, WorkStack work, Pace pace) {
        this.libC = libC;
        this.work = work;
        this.pace = pace;
    }

    int pin(int directory, byte[] name) {
        return patiently(() -> libC.openat(directory, name, OpenFlags.PIN), false);
    }

    /** Opens a subdirectory for reading; -EXDEV if something is mounted there. */
    int openWithinMount(int directory, byte[] name) {
        long resolve = OpenFlags.RESOLVE_NO_XDEV | OpenFlags.RESOLVE_NO_SYMLINKS;
        int flags = READ_DIRECTORY | OpenFlags.O_NOFOLLOW;
        int descriptor = patiently(() -> libC.openat2(directory, name, flags | noAtime, resolve), true);
        if (descriptor == -Errno.EPERM && noAtime != 0) {
            descriptor = patiently(() -> libC.openat2(directory, name, flags, resolve), true);
            dropNoAtime(descriptor);
        }
        return descriptor;
    }

    /** Opens a pinned directory for reading. */
    int openPinned(int pin) {
        int descriptor = patiently(() -> libC.openat(pin, SELF, READ_DIRECTORY | noAtime), false);
        if (descriptor == -Errno.EPERM && noAtime != 0) {
            descriptor = patiently(() -> libC.openat(pin, SELF, READ_DIRECTORY), false);
            dropNoAtime(descriptor);
        }
        return descriptor;
    }

    private void dropNoAtime(int descriptor) {
        if (descriptor >= 0) {
            noAtime = 0;
        }
    }

    /** @param orLater whether the caller can come back to it later */
    int patiently(IntSupplier open, boolean orLater) {
        for (int attempt = 0; ; attempt++) {
            int descriptor = open.getAsInt();
            pace.tick();
            if (descriptor != -Errno.EMFILE && descriptor != -Errno.ENFILE) {
                return descriptor;
            }
            pace.pause();
            try {
                WorkStack.Room room = work.makeRoom(attempt);
                if (room == WorkStack.Room.NONE) {
                    return descriptor;
                }
                if (room == WorkStack.Room.LATER && orLater) {
                    return LATER;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return descriptor;
            } finally {
                pace.start();
            }
        }
    }
}
