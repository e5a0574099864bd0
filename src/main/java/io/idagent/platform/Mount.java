package io.idagent.platform;

import java.util.List;
import java.util.Set;

/**
 * One mounted file system, a line of mountinfo ({@code proc_pid_mountinfo(5)}).
 *
 * @param id unique while it is mounted; what {@link FileStatus#mountId} tells
 * @param device "major:minor"; several mounts of one file system (bind mounts) share it
 * @param root which directory of the file system is mounted here; as bytes it may be no path (a namespace), so it is text
 *     for people
 * @param point where, as seen by the process whose mountinfo this is
 * @param type such as "ext4", "nfs4", "fuse.glusterfs"
 * @param source what was mounted, such as "/dev/sda1" or "server:/export"; text for people
 * @param options of the file system, such as "rw,vers=4.2,local_lock=none"
 * @param readOnly the mount or the whole file system
 */
public record Mount(
        int id,
        int parentId,
        String device,
        String root,
        RawPath point,
        String type,
        String source,
        String options,
        boolean readOnly) {

    private static final Set<String> OWNERLESS = Set.of("exfat", "hfs", "msdos", "ntfs", "vfat");
    private static final Set<String> CIFS = Set.of("cifs", "smb2", "smb3", "smbfs");
    private static final Set<String> OWNER_KEEPING_FUSE = Set.of(
            "fuse.beegfs",
            "fuse.ceph",
            "fuse.ceph-fuse",
            "fuse.glusterfs",
            "fuse.gpfs",
            "fuse.juicefs",
            "fuse.mfs",
            "fuse.moosefs",
            "fuse.quobyte");

    public boolean hasOption(String wanted) {
        return List.of(options.split(",")).contains(wanted);
    }

    /**
     * Whether chown by root is known to be worth trying. FAT has no owners; CIFS makes them up unless the server keeps
     * POSIX attributes or ACLs; what a FUSE program does with chown is its own affair, but for those that are made to be
     * what a disk is.
     */
    public boolean keepsOwners() {
        if (type.startsWith("fuse")) {
            return OWNER_KEEPING_FUSE.contains(type);
        }
        if (CIFS.contains(type)) {
            boolean kept = hasOption("unix") || hasOption("posix") || hasOption("cifsacl");
            return kept && !hasOption("forceuid") && !hasOption("forcegid");
        }
        return !OWNERLESS.contains(type);
    }

    public FileSystemKind kind() {
        return FileSystemKind.ofType(type);
    }
}
