package io.idagent.platform;

/** Flags of {@code openat(2)} and {@code openat2(2)}, with the values of the machine that this runs on. */
public final class OpenFlags {

    private static final boolean ARM64 = LibC.ARM64;

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_NOATIME = 0x40000;
    /** Only a handle on the entry: nothing is read, no device opened, no automount started. */
    public static final int O_PATH = 0x200000;

    public static final int O_DIRECTORY = ARM64 ? 0x4000 : 0x10000;
    public static final int O_NOFOLLOW = ARM64 ? 0x8000 : 0x20000;

    /** A handle on the entry itself, which may be a symbolic link. */
    public static final int PIN = O_PATH | O_NOFOLLOW | O_CLOEXEC;

    public static final long RESOLVE_NO_XDEV = 0x01;
    public static final long RESOLVE_NO_MAGICLINKS = 0x02;
    public static final long RESOLVE_NO_SYMLINKS = 0x04;
    public static final long RESOLVE_BENEATH = 0x08;

    private OpenFlags() {}
}
