package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileSystemKind;
import io.idagent.platform.FileType;
import io.idagent.platform.LibC;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Says, at the moment of a change, whether the mount in which a file lies allows it. Not for several threads. */
final class SharedMounts {

    /** On these a lock is seen by other hosts, unless a mount option says otherwise. */
    private static final Set<String> PASS_LOCKS_ON =
            Set.of("nfs", "nfs4", "ceph", "fuse.ceph", "fuse.glusterfs", "glusterfs", "gfs2", "ocfs2", "gpfs");

    private static final Set<String> LOCAL_LOCKS = Set.of("nolock", "local_lock=all", "local_lock=posix");

    private static final SecureRandom RANDOM = new SecureRandom();

    private final LibC libC;
    private final MountTable.Source source;
    private final SharedStorage policy;
    private final LocalExports exports;
    private final ImageLocks locks;
    /** Another name each time: what a killed run has left behind, or somebody has put there, must not stand in the way. */
    private final byte[] probe =
            (".libvirt-id-agent-probe-" + Long.toHexString(RANDOM.nextLong())).getBytes(StandardCharsets.US_ASCII);

    private final FileStatus status = new FileStatus();
    private final Map<Long, Optional<Mount>> known = new HashMap<>();
    private final Map<Long, Optional<String>> objections = new HashMap<>();

    /** The last try was refused because root of this host is nobody there: that tells of no other file. */
    private boolean rootHasNoSay;

    private final Set<Long> explained = new HashSet<>();

    SharedMounts(LibC libC, MountTable.Source source, SharedStorage policy, LocalExports exports) {
        this.libC = libC;
        this.source = source;
        this.policy = policy;
        this.exports = exports;
        this.locks = new ImageLocks(libC);
    }

    /**
     * @param seen the status of the pin
     * @return empty if the file may be changed
     */
    Optional<ChangeOutcome> objection(TreeBase base, PathPin paths, int pin, FileStatus seen, Hit hit) {
        Optional<Mount> mount = mountOf(seen);
        if (mount.isEmpty()) {
            return refused(hit, "it lies in a mount that mountinfo does not show");
        }
        FileSystemKind kind = mount.get().kind();
        if (kind == FileSystemKind.LOCAL) {
            boolean isExported = seen.type() == FileType.REGULAR && exports.contain(hit.path());
            return isExported ? inUse(pin, seen, hit) : Optional.empty();
        }
        if (policy != SharedStorage.CONVERT || kind == FileSystemKind.PSEUDO) {
            return refused(hit, "it lies on " + inWords(mount.get()) + " now, where nothing is to be changed");
        }
        Optional<String> objection = objections.get(seen.mountId());
        if (objection == null) {
            objection = objection(
                    base, paths, mount.get(), hit, hit instanceof OwnerHit owner ? owner.before() : seen.owner());
        }
        if (objection.isPresent()) {
            return refused(hit, objection.get());
        }
        return seen.type() == FileType.REGULAR ? inUse(pin, seen, hit) : Optional.empty();
    }

    /** What EPERM means there: said in full once, as it is the same for every file. */
    String explain(FileStatus seen, Hit hit) {
        Optional<Mount> mount = mountOf(seen).filter(m -> m.kind() != FileSystemKind.LOCAL);
        if (mount.isEmpty()) {
            return "";
        }
        if (!explained.add(seen.mountId())) {
            return " (root of this host has no say there, see above)";
        }
        String command = hit instanceof OwnerHit owner
                ? "find EXPORT -uid " + owner.before().uid() + " -exec chown -h "
                        + owner.after().uid() + " {} + ; find EXPORT -gid "
                        + owner.before().gid() + " -exec chgrp -h "
                        + owner.after().gid() + " {} +"
                : "setfacl";
        return " (root of this host has no say on " + inWords(mount.get())
                + ", as an export with root_squash wants it; run on the server: " + command + ")";
    }

    private Optional<ChangeOutcome> inUse(int pin, FileStatus seen, Hit hit) {
        int failure = locks.test(pin, seen);
        if (failure == 0) {
            return Optional.empty();
        }
        if (failure == -Errno.EAGAIN) {
            return Optional.of(new ChangeOutcome.Failed(
                    "EBUSY", hit.path() + " is in use: a guest on some host has it open. It was not changed"));
        }
        return refused(hit, "whether a guest on another host uses it cannot be told: " + Errno.text(-failure));
    }

    private Optional<String> objection(TreeBase base, PathPin paths, Mount mount, Hit hit, Owner former) {
        boolean passesOn =
                PASS_LOCKS_ON.contains(mount.type()) && LOCAL_LOCKS.stream().noneMatch(mount::hasOption);
        Optional<String> objection = passesOn
                ? idMapping(base, paths, mount, hit, former)
                : Optional.of(inWords(mount) + " passes no locks on to other hosts, so nobody can tell whether a guest"
                        + " there uses it");
        if (!rootHasNoSay) {
            objections.put((long) mount.id(), objection);
        }
        return objection;
    }

    /** A file made by the account shows whether its numbers come back as they were sent. */
    private Optional<String> idMapping(TreeBase base, PathPin paths, Mount mount, Hit hit, Owner former) {
        rootHasNoSay = false;
        int directory = paths.pin(base, hit.type() == FileType.DIRECTORY ? hit.path() : parent(hit.path()));
        if (directory < 0) {
            return cannotTell(mount, directory);
        }
        try {
            int made = createAs(directory, former);
            rootHasNoSay = made == -Errno.EPERM;
            if (rootHasNoSay && hit instanceof OwnerHit) {
                // Then its owner cannot be changed either, and that refusal says what to do.
                return Optional.empty();
            }
            if (made < 0) {
                return cannotTell(mount, made);
            }
            int failure = libC.statx(made, LibC.AT_STATX_FORCE_SYNC, status);
            Owner seen = status.owner();
            libC.close(made);
            remove(directory, former);
            if (failure < 0) {
                return cannotTell(mount, failure);
            }
            return seen.uid().equals(former.uid())
                    ? Optional.empty()
                    : Optional.of(
                            "on " + inWords(mount) + " numbers do not come back as they were sent (" + former.uid()
                                    + " came back as " + seen.uid() + "): the server maps ids; change owners there");
        } finally {
            libC.close(directory);
        }
    }

    /** Made by the account itself, or, where it may not write, by root and given to it. */
    private int createAs(int directory, Owner owner) {
        libC.actOnFilesAs(owner.uid().bits(), owner.gid().bits());
        int made;
        try {
            made = libC.create(directory, probe, 0600);
        } finally {
            libC.actOnFilesAs(0, 0);
        }
        if (made >= 0) {
            return made;
        }
        made = libC.create(directory, probe, 0600);
        if (made < 0) {
            return made;
        }
        int failure = libC.chown(made, owner.uid().bits(), owner.gid().bits());
        if (failure < 0) {
            libC.close(made);
            remove(directory, owner);
            return failure;
        }
        return made;
    }

    private static Optional<String> cannotTell(Mount mount, int failure) {
        return Optional.of("whether numbers come back from " + inWords(mount)
                + " as they are sent (id mapping at the server) could not be tried: " + Errno.text(-failure));
    }

    private void remove(int directory, Owner owner) {
        if (libC.unlink(directory, probe) < 0) {
            libC.actOnFilesAs(owner.uid().bits(), owner.gid().bits());
            try {
                libC.unlink(directory, probe);
            } finally {
                libC.actOnFilesAs(0, 0);
            }
        }
    }

    private static RawPath parent(RawPath path) {
        return RawPath.ofNames(path.names().subList(0, path.names().size() - 1));
    }

    private static Optional<ChangeOutcome> refused(Hit hit, String why) {
        return Optional.of(new ChangeOutcome.Failed("", hit.path() + " was not changed: " + why));
    }

    private static String inWords(Mount mount) {
        return mount.point() + " (" + mount.type() + ")";
    }

    private Optional<Mount> mountOf(FileStatus seen) {
        Optional<Mount> mount = known.get(seen.mountId());
        if (mount == null || mount.isEmpty()) {
            try {
                mount = source.read().withId(seen.mountId());
            } catch (IOException cannotTell) {
                mount = Optional.empty();
            }
            known.put(seen.mountId(), mount);
        }
        return mount;
    }
}
