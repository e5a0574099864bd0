package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.LibC;
import io.idagent.platform.MountTable;
import io.idagent.platform.RawPath;
import java.util.Optional;

/**
 * Changes the owner, or an attribute with numbers of owners, of one file at a time, and only of the very file that a scan found.
 *
 * <p>The entry is pinned, the pin is looked at, and the pin is changed: whatever happens to the name meanwhile, nothing else
 * can be hit. Only the half that differs is changed; mode, ACL, times of access and modification stay (the time of change
 * cannot). Can be run twice: what is done is {@link ChangeOutcome.AlreadyDone}. Not for several threads.
 */
public final class OwnerChanger {

    private final LibC libC;
    private final MountTable.Source source;
    private final SharedStorage policy;
    private final LocalExports exports;
    private final PathPin pins;
    private final SharedMounts mounts;
    private final AttributeChange attributes;
    private final FileStatus status = new FileStatus();

    /** For local file systems alone. */
    public OwnerChanger(LibC libC) {
        this(libC, MountTable::ofThisProcess, SharedStorage.REPORT);
    }

    public OwnerChanger(LibC libC, MountTable.Source source, SharedStorage policy) {
        this(libC, source, policy, LocalExports.in(LocalExports.TABLE));
    }

    OwnerChanger(LibC libC, MountTable.Source source, SharedStorage policy, LocalExports exports) {
        this.libC = libC;
        this.source = source;
        this.policy = policy;
        this.exports = exports;
        this.mounts = new SharedMounts(libC, source, policy, exports);
        this.pins = new PathPin(libC);
        this.attributes = new AttributeChange(libC);
    }

    /** Whether several may change files at once: what is tried on shared storage must not meet itself. */
    boolean mayHaveCompany() {
        return policy != SharedStorage.CONVERT;
    }

    OwnerChanger forAnotherThread() {
        return new OwnerChanger(libC, source, policy, exports);
    }

    /** Never throws for what it meets on disk. */
    public ChangeOutcome change(TreeBase base, Hit hit) {
        int pin = pins.pin(base, hit.path());
        if (pin < 0) {
            return notPinned(hit.path(), -pin);
        }
        try {
            return changePinned(base, pin, hit);
        } finally {
            libC.close(pin);
        }
    }

    private ChangeOutcome notPinned(RawPath path, int errno) {
        return switch (errno) {
            case Errno.ENOENT -> new ChangeOutcome.Gone();
            case Errno.ELOOP ->
                new ChangeOutcome.Replaced("a directory on the way to " + path + " is a symbolic link now");
            case Errno.ENOTDIR ->
                new ChangeOutcome.Replaced("something on the way to " + path + " is no directory any more");
            default -> ChangeOutcome.failed("cannot open " + path, errno);
        };
    }

    private ChangeOutcome changePinned(TreeBase base, int pin, Hit hit) {
        int failure = libC.statx(pin, 0, status);
        if (failure < 0) {
            return ChangeOutcome.failed("cannot look at " + hit.path(), -failure);
        }
        if (status.inode() != hit.inode() || status.type() != hit.type()) {
            return new ChangeOutcome.Replaced("at " + hit.path() + " there is another file now: "
                    + status.type().inWords() + ", inode " + Long.toUnsignedString(status.inode()) + " instead of "
                    + Long.toUnsignedString(hit.inode()));
        }
        Optional<ChangeOutcome> objection = mounts.objection(base, pins, pin, status, hit);
        if (objection.isPresent()) {
            return objection.get();
        }
        return hit instanceof AttributeHit attribute
                ? attributes.change(pin, status, attribute, obstacle())
                : changeOwner(pin, (OwnerHit) hit);
    }

    private ChangeOutcome changeOwner(int pin, OwnerHit hit) {
        Half uid = Half.of(
                status.uidBits(), hit.before().uid().bits(), hit.after().uid().bits());
        Half gid = Half.of(
                status.gidBits(), hit.before().gid().bits(), hit.after().gid().bits());
        if (uid == Half.SOMEBODY_ELSES || gid == Half.SOMEBODY_ELSES) {
            return new ChangeOutcome.Replaced("the owner of " + hit.path() + " has changed meanwhile: "
                    + Integer.toUnsignedString(status.uidBits()) + ":" + Integer.toUnsignedString(status.gidBits())
                    + " instead of " + hit.before());
        }
        if (uid == Half.DONE && gid == Half.DONE) {
            return alreadyDone(pin, hit);
        }
        return chown(pin, hit, uid == Half.DUE, gid == Half.DUE);
    }

    /** By a run that may have been killed before it had put back what the kernel clears. */
    private ChangeOutcome alreadyDone(int pin, OwnerHit hit) {
        ChangeOutcome.Changed restored = Privileges.noted(libC, pin, status).restore(pin, status, hit.path());
        return restored.isSilent() ? new ChangeOutcome.AlreadyDone() : restored;
    }

    private ChangeOutcome chown(int pin, OwnerHit hit, boolean uidIsDue, boolean gidIsDue) {
        Privileges privileges = Privileges.of(libC, pin, status, hit.reason());
        privileges.note(pin);
        int failure = libC.chown(
                pin,
                uidIsDue ? hit.after().uid().bits() : LibC.LEAVE,
                gidIsDue ? hit.after().gid().bits() : LibC.LEAVE);
        if (failure < 0) {
            privileges.withdrawNote(pin);
            String obstacle = failure == -Errno.EPERM ? obstacle() + mounts.explain(status, hit) : "";
            return ChangeOutcome.failed(
                    "cannot change the owner of " + hit.path() + " to " + hit.after() + obstacle, -failure);
        }
        return privileges.restore(pin, status, hit.path());
    }

    /** What "Operation not permitted" does not tell. */
    private String obstacle() {
        if (status.isImmutable()) {
            return " (it is immutable; chattr -i makes it changeable)";
        }
        return status.isAppendOnly() ? " (it is append-only; chattr -a makes it changeable)" : "";
    }

    /** How far one half of the owner is. */
    private enum Half {
        DUE,
        DONE,
        SOMEBODY_ELSES;

        static Half of(int now, int before, int after) {
            if (now == after) {
                return DONE;
            }
            return now == before ? DUE : SOMEBODY_ELSES;
        }
    }
}
