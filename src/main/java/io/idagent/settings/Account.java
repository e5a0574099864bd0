package io.idagent.settings;

import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;

/**
 * A user and its own group that must have fixed numbers on every host.
 *
 * <p>The group is the one named here, not the user's primary group: on Debian that is {@code kvm}, whose number differs
 * from host to host and may.
 */
public record Account(String user, Uid uid, String group, Gid gid) {

    /** What Debian gives to new hosts, by policy reserved for this account. */
    public static final Account LIBVIRT_QEMU =
            new Account("libvirt-qemu", new Uid(64055), "libvirt-qemu", new Gid(64055));

    /** The owner that files of this account must have. */
    public Owner target() {
        return new Owner(uid, gid);
    }
}
