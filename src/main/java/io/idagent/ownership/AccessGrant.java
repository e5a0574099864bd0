package io.idagent.ownership;

import io.idagent.platform.Uid;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Access to one file for some numbers, with all that it takes to undo it exactly.
 *
 * @param path of the file itself, no link in it
 * @param inode by which another file in its place is noticed
 * @param permissions 4 or 6, as in a mode
 * @param mode before the grant, the lower twelve bits
 * @param before the attribute before; empty: there was none, the mode told all
 */
public record AccessGrant(
        String path, long inode, Set<Uid> uids, int permissions, Form form, int mode, Optional<byte[]> before) {

    /** How access is given there. */
    public enum Form {
        POSIX_ACL,
        NFS4_ACL,
        /** For everybody: there is no other way. */
        MODE
    }

    /** A set that more can be put into, and that is shown in order. */
    public static Set<Uid> inOrder(Collection<Uid> uids) {
        Set<Uid> all = new TreeSet<>(Comparator.comparingLong(Uid::value));
        all.addAll(uids);
        return all;
    }

    /** The same for more numbers, or for more than reading. */
    public AccessGrant and(Set<Uid> others, int more) {
        Set<Uid> all = inOrder(uids);
        all.addAll(others);
        return new AccessGrant(path, inode, all, permissions | more, form, mode, before);
    }

    PosixAcl aclBefore() {
        return before.flatMap(PosixAcl::parse).orElseGet(() -> PosixAcl.ofMode(mode));
    }

    /** As setfacl takes them. @param permissions ":rw", or nothing for its option -x */
    String entries(String permissions) {
        return uids.stream().map(uid -> "u:" + uid + permissions).collect(Collectors.joining(","));
    }
}
