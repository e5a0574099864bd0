package io.idagent.platform;

import java.util.Set;

/** What a file system is to a program that changes owners, by the name of its type. */
public enum FileSystemKind {
    /** Its files are this host's alone. */
    LOCAL,
    /** Another host may be using the very same files. */
    SHARED,
    /** The kernel's own: its entries are no stored files. */
    PSEUDO,
    /** Not in the lists: to be on the safe side, treated as if it were shared. */
    UNKNOWN;

    // devtmpfs is here because /dev holds block devices given to guests, and hugetlbfs and tmpfs are mounted in it.
    private static final Set<String> LOCAL_TYPES = Set.of(
            "aufs",
            "bcachefs",
            "btrfs",
            "cramfs",
            "devtmpfs",
            "ecryptfs",
            "erofs",
            "exfat",
            "ext2",
            "ext3",
            "ext4",
            "f2fs",
            "fuseblk",
            "hfs",
            "hfsplus",
            "hugetlbfs",
            "iso9660",
            "jffs2",
            "jfs",
            "minix",
            "msdos",
            "nilfs2",
            "ntfs",
            "ntfs3",
            "overlay",
            "overlayfs",
            "ramfs",
            "reiser4",
            "reiserfs",
            "romfs",
            "rootfs",
            "squashfs",
            "tmpfs",
            "ubifs",
            "udf",
            "ufs",
            "vfat",
            "xfs",
            "zfs",
            "zonefs");

    // Those that libvirt takes for shared (virfile.c, virFileIsSharedFSType), others of the same sort, and those
    // that show a directory of the machine outside to a guest.
    private static final Set<String> SHARED_TYPES = Set.of(
            "9p",
            "acfs",
            "afs",
            "beegfs",
            "ceph",
            "cifs",
            "coda",
            "fhgfs",
            "fuse.beegfs",
            "fuse.ceph",
            "fuse.ceph-fuse",
            "fuse.glusterfs",
            "fuse.gpfs",
            "fuse.juicefs",
            "fuse.mfs",
            "fuse.moosefs",
            "fuse.quobyte",
            "fuse.sshfs",
            "fuse.vmhgfs-fuse",
            "gfs",
            "gfs2",
            "glusterfs",
            "gpfs",
            "lustre",
            "ncpfs",
            "nfs",
            "nfs4",
            "ocfs2",
            "orangefs",
            "pvfs2",
            "quobyte",
            "smb2",
            "smb3",
            "smbfs",
            "vboxsf",
            "virtiofs");

    private static final Set<String> PSEUDO_TYPES = Set.of(
            "autofs",
            "bdev",
            "binder",
            "binfmt_misc",
            "bpf",
            "cgroup",
            "cgroup2",
            "configfs",
            "cpuset",
            "debugfs",
            "devpts",
            "efivarfs",
            "functionfs",
            "fuse.gvfsd-fuse",
            "fuse.lxcfs",
            "fuse.portal",
            "fusectl",
            "mqueue",
            "nfsd",
            "nsfs",
            "openpromfs",
            "proc",
            "pstore",
            "resctrl",
            "rpc_pipefs",
            "securityfs",
            "selinuxfs",
            "smackfs",
            "sysfs",
            "tracefs",
            "usbfs",
            "xenfs");

    /** @param type as in mountinfo, such as "ext4" or "fuse.glusterfs" */
    public static FileSystemKind ofType(String type) {
        if (LOCAL_TYPES.contains(type)) {
            return LOCAL;
        }
        if (SHARED_TYPES.contains(type)) {
            return SHARED;
        }
        return PSEUDO_TYPES.contains(type) ? PSEUDO : UNKNOWN;
    }
}
