package io.idagent.migration;

import io.idagent.platform.Mount;
import java.util.Optional;
import java.util.Set;

/** The file systems that libvirt takes for shared, and so lets guests with an image there move ({@code virfile.c}). */
final class SharedFileSystems {

    private static final Set<String> TO_LIBVIRT = Set.of(
            "acfs",
            "afs",
            "beegfs",
            "ceph",
            "cifs",
            "fuse.glusterfs",
            "fuse.quobyte",
            "gfs2",
            "gpfs",
            "nfs",
            "nfs4",
            "ocfs2",
            "quobyte",
            "smb3",
            "smbfs");

    private SharedFileSystems() {}

    static boolean isSharedToLibvirt(Optional<Mount> mount) {
        return mount.map(Mount::type).filter(TO_LIBVIRT::contains).isPresent();
    }
}
