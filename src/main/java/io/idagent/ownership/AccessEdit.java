package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import java.util.Optional;

/** Writes a grant into the list or the mode of a pinned file, and out of it again. */
final class AccessEdit {

    private static final String POSIX_ACL = OwnerAttribute.ACL.key();

    private final OwnersHand hand;

    /** Of the file that is pinned. */
    private final FileStatus status;

    AccessEdit(OwnersHand hand, FileStatus status) {
        this.hand = hand;
        this.status = status;
    }

    /** @return what the kernel answered: negative, it is not given */
    int give(int pin, AccessGrant grant) {
        return switch (grant.form()) {
            case POSIX_ACL -> givePosix(pin, grant);
            case NFS4_ACL -> giveNfs4(pin, grant);
            case MODE -> hand.chmod(pin, status.mode() & FileStatus.PERMISSIONS | grant.permissions());
        };
    }

    /** @return what the kernel answered: negative, it is still there */
    int takeBack(int pin, AccessGrant grant) {
        return switch (grant.form()) {
            case POSIX_ACL -> takeBackPosix(pin, grant);
            case NFS4_ACL -> takeBackNfs4(pin, grant);
            case MODE -> {
                int opened = grant.permissions() & ~grant.mode();
                yield hand.chmod(pin, status.mode() & FileStatus.PERMISSIONS & ~opened);
            }
        };
    }

    // A list that allows it already is left alone: where an administrator had to make it, we may not write it.

    private int givePosix(int pin, AccessGrant grant) {
        OwnersHand.Read read = hand.read(pin, POSIX_ACL);
        Optional<PosixAcl> now = read.errno() == Errno.ENODATA
                ? Optional.of(PosixAcl.ofMode(status.mode()))
                : read.value().flatMap(PosixAcl::parse);
        if (now.isEmpty()) {
            return -Errno.EOPNOTSUPP;
        }
        PosixAcl wanted = now.get().granting(grant.uids(), grant.permissions());
        return wanted.equals(now.get()) ? 0 : hand.set(pin, POSIX_ACL, wanted.format());
    }

    private int giveNfs4(int pin, AccessGrant grant) {
        Optional<Nfs4Acl> now = hand.read(pin, Nfs4Acl.ATTRIBUTE).value().flatMap(Nfs4Acl::parse);
        if (now.isEmpty()) {
            return -Errno.EOPNOTSUPP;
        }
        Nfs4Acl wanted = now.get().granting(grant.uids(), grant.permissions());
        return wanted.equals(now.get()) ? 0 : hand.set(pin, Nfs4Acl.ATTRIBUTE, wanted.format());
    }

    private int takeBackPosix(int pin, AccessGrant grant) {
        OwnersHand.Read read = hand.read(pin, POSIX_ACL);
        if (read.errno() == Errno.ENODATA) {
            return 0; // Somebody has taken all of them away.
        }
        Optional<PosixAcl> now = read.value().flatMap(PosixAcl::parse);
        if (now.isEmpty()) {
            return unreadable(read);
        }
        PosixAcl before = grant.aclBefore();
        PosixAcl rest = now.get().without(before, before.granting(grant.uids(), grant.permissions()));
        // A list of three entries is a mode to the kernel, and is kept as one.
        return rest.equals(now.get()) ? 0 : hand.set(pin, POSIX_ACL, rest.format());
    }

    private int takeBackNfs4(int pin, AccessGrant grant) {
        OwnersHand.Read read = hand.read(pin, Nfs4Acl.ATTRIBUTE);
        Optional<Nfs4Acl> now = read.value().flatMap(Nfs4Acl::parse);
        Optional<Nfs4Acl> before = grant.before().flatMap(Nfs4Acl::parse);
        if (now.isEmpty() || before.isEmpty()) {
            return unreadable(read);
        }
        Nfs4Acl rest = now.get().without(before.get(), grant.uids());
        return rest.equals(now.get()) ? 0 : hand.set(pin, Nfs4Acl.ATTRIBUTE, rest.format());
    }

    /** A list in a form that is not known has been read, but what was given still stands in it. */
    private static int unreadable(OwnersHand.Read read) {
        return read.errno() == 0 ? -Errno.EOPNOTSUPP : -read.errno();
    }
}
