package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.Gid;
import io.idagent.platform.LibC;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Gives numbers access to single files, and takes back exactly what it gave. Each file is pinned, looked at, and changed
 * through its pin. Where root is nobody (root_squash) the owner acts: who owns a file may change its list. Not for several
 * threads.
 */
public final class AccessGrants {

    private static final int READ = 4;
    private static final String GONE = "it is gone: ";

    private final LibC libC;
    private final PathPin pins;
    private final FileStatus status = new FileStatus();
    private final OwnersHand hand;
    private final AccessEdit edit;

    public AccessGrants(LibC libC) {
        this.libC = libC;
        this.pins = new PathPin(libC);
        this.hand = new OwnersHand(libC, status);
        this.edit = new AccessEdit(hand, status);
    }

    /** What a file would need. */
    public sealed interface Plan {
        /** @param grant to be written down, and then made */
        record Needed(AccessGrant grant) implements Plan {}

        /** Everybody may read it already. */
        record NotNeeded() implements Plan {}

        /** A pipe, a directory, nothing at all, or a place where access cannot be given. */
        record Refused(String why) implements Plan {}
    }

    /** What became of taking a grant back. */
    public sealed interface Undone {
        record Done() implements Undone {}

        /** The file is gone, or another one lies there: there is nothing to take back. */
        record NothingThere(String why) implements Undone {}

        record Failed(String why) implements Undone {}
    }

    /**
     * Looks, and changes nothing.
     *
     * @param path as libvirt names it; links in it are followed where nobody but root can have made them
     * @param forEverybody whether the mode may be opened where there are no lists
     */
    public Plan plan(TreeBase base, String path, Set<Uid> uids, int permissions, boolean forEverybody) {
        PathResolver.Resolution found = new PathResolver(libC, base)
                .resolve(RawPath.ofNames(RawPath.split(path.getBytes(StandardCharsets.UTF_8))));
        if (found instanceof PathResolver.Refused refused) {
            return new Plan.Refused(refused.error().sentence());
        }
        if (!(found instanceof PathResolver.Found at)) {
            return new Plan.Refused(path + " is not there");
        }
        try {
            // Asks the server: its client may remember a list that others have changed, and this one is to be put back.
            int failure = libC.statx(at.pin(), LibC.AT_STATX_FORCE_SYNC, status);
            if (failure < 0) {
                return new Plan.Refused("cannot look at " + path + ": " + Errno.text(-failure));
            }
            if (status.type() != FileType.REGULAR) {
                return new Plan.Refused(path + " is " + status.type().inWords() + ", no file");
            }
            return planPinned(at.pin(), RawPath.ofNames(at.names()).toString(), uids, permissions, forEverybody);
        } finally {
            libC.close(at.pin());
        }
    }

    private Plan planPinned(int pin, String path, Set<Uid> uids, int permissions, boolean forEverybody) {
        int mode = status.mode() & FileStatus.PERMISSIONS;
        OwnersHand.Read nfs = hand.read(pin, Nfs4Acl.ATTRIBUTE);
        OwnersHand.Read posix =
                nfs.value().isPresent() ? OwnersHand.Read.NONE : hand.read(pin, OwnerAttribute.ACL.key());
        boolean hasList = nfs.value().isPresent() || posix.value().isPresent();
        if (permissions == READ && (mode & READ) != 0 && !hasList) {
            return new Plan.NotNeeded();
        }
        AccessGrant.Form form;
        if (nfs.value().isPresent()) {
            if (Nfs4Acl.parse(nfs.value().get()).isEmpty()) {
                return new Plan.Refused(path + " has an NFSv4 ACL in a form that is not known");
            }
            form = AccessGrant.Form.NFS4_ACL;
        } else if (posix.errno() == Errno.EOPNOTSUPP) {
            if (!forEverybody) {
                return new Plan.Refused(path + " lies on a file system without ACLs: only its mode can be opened, for"
                        + " everybody on all hosts (--allow-world-writable)");
            }
            form = AccessGrant.Form.MODE;
        } else if (posix.errno() != 0 && posix.errno() != Errno.ENODATA) {
            return new Plan.Refused("cannot read the ACL of " + path + ": " + Errno.text(posix.errno()));
        } else {
            if (posix.value().filter(value -> PosixAcl.parse(value).isEmpty()).isPresent()) {
                return new Plan.Refused(path + " has an ACL in a form that is not known");
            }
            form = AccessGrant.Form.POSIX_ACL;
        }
        return new Plan.Needed(new AccessGrant(
                path, status.inode(), uids, permissions, form, mode, nfs.value().or(posix::value)));
    }

    /** @return why it was not possible; empty: it is made. Making it again changes nothing */
    public Optional<String> make(TreeBase base, AccessGrant grant) {
        return withPin(
                base,
                grant,
                pin -> {
                    int failure = edit.give(pin, grant);
                    return failure < 0 ? Optional.of(refusal("give access to", grant, failure)) : Optional.empty();
                },
                missed -> Optional.of(missed.why()));
    }

    /** Of a file that was renamed within its directory too: another one may have taken its place. */
    public Undone undo(TreeBase base, AccessGrant grant) {
        RawPath path = RawPath.ofNames(RawPath.split(grant.path().getBytes(StandardCharsets.UTF_8)));
        int pin = pins.pin(base, path);
        if (pin < 0 && !isGone(pin)) {
            return new Undone.Failed("cannot open " + grant.path() + ": " + Errno.text(-pin));
        }
        int unseen = pin < 0 ? 0 : libC.statx(pin, LibC.AT_STATX_FORCE_SYNC, status);
        boolean isAnother = pin >= 0 && (status.inode() != grant.inode() || status.type() != FileType.REGULAR);
        if (isAnother || unseen < 0) {
            libC.close(pin);
        }
        if (unseen < 0) {
            return new Undone.Failed("cannot look at " + grant.path() + ": " + Errno.text(-unseen));
        }
        if (pin < 0 || isAnother) {
            pin = new SameDirectory(libC, pins).pin(base, path, grant.inode(), status);
        }
        if (pin < 0) {
            return new Undone.NothingThere((isAnother
                            ? "at " + grant.path() + " there is another file now"
                            : grant.path() + " is not there any more")
                    + "; if it was moved to another directory: setfacl -x " + grant.entries("") + " FILE");
        }
        try {
            int failure = edit.takeBack(pin, grant);
            return failure < 0 ? new Undone.Failed(refusal("take back access to", grant, failure)) : new Undone.Done();
        } finally {
            libC.close(pin);
        }
    }

    private static boolean isGone(int failure) {
        return failure == -Errno.ENOENT || failure == -Errno.ENOTDIR || failure == -Errno.ELOOP;
    }

    /** Whether a qemu somewhere has it open. */
    public boolean isInUse(TreeBase base, AccessGrant grant) {
        // Where the locks do not tell, it counts as in use.
        return withPin(base, grant, pin -> new ImageLocks(libC).test(pin, status) != 0, missed -> false);
    }

    /**
     * Gives a file on which libvirt keeps a record of its owner to the account of the host that a guest is to move to. Where
     * the other side's libvirt believes that record (it does where both have one kernel, or the file system came along), it
     * counts a guest that uses the image already, and refuses to give it to its own account. Access was given before, so
     * the guest goes on under its entry.
     */
    public void handOver(TreeBase base, AccessGrant grant, Owner to) {
        // Where it cannot be given away, libvirt cannot either, and says so itself.
        withPin(
                base,
                grant,
                pin -> hand.read(pin, OwnerAttribute.LIBVIRT_RECORD.key())
                                .value()
                                .isPresent()
                        && libC.chown(pin, to.uid().bits(), to.gid().bits()) == 0,
                missed -> false);
    }

    /**
     * Makes a file belong to whom its guest runs as. A file that is only read need not, if whoever that is could read it
     * before anything was given.
     *
     * @param hasOthers guests under another number use it too: then it must not be given to one of them
     * @return why it does not; empty: it does now, or it is gone
     */
    public Optional<String> settle(TreeBase base, AccessGrant grant, Uid uid, Optional<Gid> gid, boolean hasOthers) {
        return withPin(
                base,
                grant,
                pin -> settlePinned(pin, grant, uid, gid, hasOthers),
                missed -> missed.isGone() ? Optional.empty() : Optional.of(missed.why()));
    }

    private Optional<String> settlePinned(int pin, AccessGrant grant, Uid uid, Optional<Gid> gid, boolean hasOthers) {
        boolean readsAnyway = (grant.mode() & READ) != 0
                || grant.form() == AccessGrant.Form.POSIX_ACL
                        && grant.aclBefore().lets(uid, READ);
        boolean rightUid = status.uidBits() == uid.bits();
        if (rightUid || grant.permissions() == READ && readsAnyway) {
            return Optional.empty();
        }
        if (hasOthers) {
            return Optional.of(grant.path() + " is used under different numbers");
        }
        int failure = libC.chown(pin, uid.bits(), gid.map(Gid::bits).orElse(LibC.LEAVE));
        String owner = uid + gid.map(group -> ":" + group).orElse("");
        return failure < 0
                ? Optional.of("cannot give " + grant.path() + " to " + owner + ", which its guest runs as: "
                        + Errno.text(-failure) + "; on the server: chown " + owner
                        + " FILE, and then here: libvirt-id-agent share revoke")
                : Optional.empty();
    }

    private interface OnPin<T> {
        T act(int pin);
    }

    /** Why the file of a grant was not reached. */
    private record Missed(boolean isGone, String why) {}

    private <T> T withPin(TreeBase base, AccessGrant grant, OnPin<T> action, Function<Missed, T> otherwise) {
        int pin = pins.pin(base, RawPath.ofNames(RawPath.split(grant.path().getBytes(StandardCharsets.UTF_8))));
        if (pin < 0) {
            boolean isGone = isGone(pin);
            String how = isGone ? GONE : "cannot open ";
            return otherwise.apply(new Missed(isGone, how + grant.path() + ": " + Errno.text(-pin)));
        }
        try {
            int failure = libC.statx(pin, LibC.AT_STATX_FORCE_SYNC, status);
            if (failure < 0) {
                String why = "cannot look at " + grant.path() + ": " + Errno.text(-failure);
                return otherwise.apply(new Missed(false, why));
            }
            if (status.inode() != grant.inode() || status.type() != FileType.REGULAR) {
                String why = GONE + "at " + grant.path() + " there is another file now";
                return otherwise.apply(new Missed(true, why));
            }
            return action.act(pin);
        } finally {
            libC.close(pin);
        }
    }

    private static String refusal(String what, AccessGrant grant, int failure) {
        return "cannot " + what + " " + grant.path() + ": " + Errno.text(-failure)
                + (OwnersHand.isRefused(failure)
                        ? ". Neither root of this host nor the file's owner may do that there; on the server: setfacl -m "
                                + grant.entries(grant.permissions() == 6 ? ":rw" : ":r") + " FILE"
                        : "");
    }
}
