package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.ExtendedAttributes;
import io.idagent.platform.FileStatus;
import io.idagent.platform.LibC;
import java.util.Arrays;
import java.util.List;

/** Gives an attribute of a pinned file another value, if it still has the one that was found. Not for several threads. */
final class AttributeChange {

    private final LibC libC;
    private final byte[] value = new byte[ExtendedAttributes.VALUE_MAX];

    AttributeChange(LibC libC) {
        this.libC = libC;
    }

    /** @param obstacle what "Operation not permitted" would not tell */
    ChangeOutcome change(int pin, FileStatus status, AttributeHit hit, String obstacle) {
        String what = hit.attribute().key() + " of " + hit.path();
        int length = libC.attributes().get(pin, hit.attribute().key(), value);
        if (length == -Errno.ENODATA) {
            return new ChangeOutcome.Replaced(what + " has been removed meanwhile");
        }
        if (length < 0) {
            return ChangeOutcome.failed("cannot read " + what, -length);
        }
        AttributeValue now = AttributeValue.of(Arrays.copyOf(value, length));
        if (now.equals(hit.after())) {
            return new ChangeOutcome.AlreadyDone();
        }
        if (!now.equals(hit.before())) {
            return new ChangeOutcome.Replaced(what + " has changed meanwhile: " + now + " instead of " + hit.before());
        }
        int failure =
                libC.attributes().set(pin, hit.attribute().key(), hit.after().bytes());
        if (failure == -Errno.EPERM && status.uidBits() != 0) {
            failure = setAsOwner(pin, status, hit);
        }
        return failure < 0
                ? ChangeOutcome.failed("cannot change " + what + obstacle, -failure)
                : new ChangeOutcome.Changed(List.of(), List.of());
    }

    /** Where root is nobody, the owner is still somebody. */
    private int setAsOwner(int pin, FileStatus status, AttributeHit hit) {
        libC.actOnFilesAs(status.uidBits(), status.gidBits());
        try {
            return libC.attributes().set(pin, hit.attribute().key(), hit.after().bytes());
        } finally {
            libC.actOnFilesAs(0, 0);
        }
    }
}
