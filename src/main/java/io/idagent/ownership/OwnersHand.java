package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.LibC;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntSupplier;

/** Attributes and mode of a pinned file; where root is nobody (root_squash), its owner acts. */
final class OwnersHand {

    private static final int MOST_BYTES = 64 * 1024;

    private final LibC libC;
    private final FileStatus status;

    /** @param status of the pin, as it was last looked at: who owns it may change it */
    OwnersHand(LibC libC, FileStatus status) {
        this.libC = libC;
        this.status = status;
    }

    int set(int pin, String attribute, byte[] value) {
        int failure = libC.attributes().set(pin, attribute, value);
        return isRefused(failure) ? asOwner(() -> libC.attributes().set(pin, attribute, value)) : failure;
    }

    int chmod(int pin, int permissions) {
        int failure = libC.chmod(pin, permissions);
        return isRefused(failure) ? asOwner(() -> libC.chmod(pin, permissions)) : failure;
    }

    static boolean isRefused(int failure) {
        return failure == -Errno.EPERM || failure == -Errno.EACCES;
    }

    private int asOwner(IntSupplier call) {
        libC.actOnFilesAs(status.uidBits(), status.gidBits());
        try {
            return call.getAsInt();
        } finally {
            libC.actOnFilesAs(0, 0);
        }
    }

    /** @param errno 0 if there is a value */
    record Read(Optional<byte[]> value, int errno) {
        static final Read NONE = new Read(Optional.empty(), Errno.ENODATA);
    }

    Read read(int pin, String attribute) {
        byte[] value = new byte[MOST_BYTES];
        int length = libC.attributes().get(pin, attribute, value);
        if (isRefused(length)) {
            length = asOwner(() -> libC.attributes().get(pin, attribute, value));
        }
        return length < 0
                ? new Read(Optional.empty(), -length)
                : new Read(Optional.of(Arrays.copyOf(value, length)), 0);
    }
}
