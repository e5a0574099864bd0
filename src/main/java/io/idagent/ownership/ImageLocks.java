package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.LibC;
import io.idagent.platform.OpenFlags;

/**
 * Asks whether a qemu on any host has an image open: qemu holds read locks on certain bytes of it ({@code block/file-posix.c}).
 * Taking a write lock is tried, and what is granted is dropped at once: merely asking gives wrong answers on NFS.
 */
final class ImageLocks {

    /** First byte and length of each range. */
    private static final long[][] RANGES = {{100, 2}, {103, 1}, {201, 1}, {203, 1}};

    private final LibC libC;

    ImageLocks(LibC libC) {
        this.libC = libC;
    }

    /**
     * @param pin of a regular file
     * @return 0 if nobody holds a lock, -EAGAIN if somebody does, another negated errno if that cannot be told
     */
    int test(int pin, FileStatus status) {
        int descriptor = libC.reopen(pin, OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC);
        if (descriptor == -Errno.EACCES || descriptor == -Errno.EPERM) {
            descriptor = openAsOwner(pin, status);
        }
        if (descriptor < 0) {
            return descriptor;
        }
        try {
            for (long[] range : RANGES) {
                int failure = libC.tryWriteLock(descriptor, range[0], range[1]);
                if (failure < 0) {
                    // POSIX allows either.
                    return failure == -Errno.EACCES ? -Errno.EAGAIN : failure;
                }
            }
            return 0;
        } finally {
            libC.close(descriptor);
        }
    }

    /** Where root is nobody, the owner is still somebody. */
    private int openAsOwner(int pin, FileStatus status) {
        libC.actOnFilesAs(status.uidBits(), status.gidBits());
        try {
            return libC.reopen(pin, OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC);
        } finally {
            libC.actOnFilesAs(0, 0);
        }
    }
}
