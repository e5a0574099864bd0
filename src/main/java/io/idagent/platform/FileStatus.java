package io.idagent.platform;

/**
 * What {@code statx(2)} says about one file. Filled by {@link LibC}, and filled again by the next call: read what is
 * needed before that. The offsets are those of {@code struct statx}, the same on all architectures.
 */
public final class FileStatus {

    static final int ATTRIBUTE_IMMUTABLE = 0x10;
    static final int ATTRIBUTE_APPEND = 0x20;

    /** The bits of the mode that are permissions, set-uid, set-gid and sticky. */
    public static final int PERMISSIONS = 07777;

    public static final int SET_UID = 04000;
    public static final int SET_GID = 02000;

    /** Type, mode, links, uid, gid, inode, size, mount id: what this program uses. */
    static final int MASK = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x100 | 0x200 | 0x1000;

    private static final int MOUNT_ID_KNOWN = 0x1000;

    private final NativeMemory memory = new NativeMemory(256);

    long address() {
        return memory.address();
    }

    /** The 32 bits of the uid: for a quick comparison; as a number it is {@link #owner}. */
    public int uidBits() {
        return memory.intAt(20);
    }

    public int gidBits() {
        return memory.intAt(24);
    }

    public Owner owner() {
        return new Owner(Uid.ofBits(uidBits()), Gid.ofBits(gidBits()));
    }

    /** Type and permissions, as in {@code st_mode}. */
    public int mode() {
        return Short.toUnsignedInt(memory.shortAt(28));
    }

    public FileType type() {
        return FileType.ofMode(mode());
    }

    /** Number of hard links. */
    public long links() {
        return Integer.toUnsignedLong(memory.intAt(16));
    }

    public long inode() {
        return memory.longAt(32);
    }

    /** In bytes. */
    public long size() {
        return memory.longAt(40);
    }

    /** Major number in the upper, minor number in the lower 32 bits; good for comparing only. */
    public long device() {
        return (long) memory.intAt(136) << 32 | Integer.toUnsignedLong(memory.intAt(140));
    }

    /** Kernels before 5.8 do not tell the mount. */
    public boolean hasMountId() {
        return (memory.intAt(0) & MOUNT_ID_KNOWN) != 0;
    }

    /** As in the first field of mountinfo. */
    public long mountId() {
        return memory.longAt(144);
    }

    /** {@code chattr +i}: nothing about the file can be changed, even by root. */
    public boolean isImmutable() {
        return (memory.longAt(8) & ATTRIBUTE_IMMUTABLE) != 0;
    }

    /** {@code chattr +a}: the same for its owner. */
    public boolean isAppendOnly() {
        return (memory.longAt(8) & ATTRIBUTE_APPEND) != 0;
    }
}
