package io.idagent.platform;

/**
 * The system calls on files that Java does not have: those that start at an open directory, and those that work on a
 * pinned entry (a descriptor opened with {@link OpenFlags#O_PATH}).
 *
 * <p>As in the kernel, and without exceptions for what a walk meets all the time, a method returns a number that is
 * negative if the call failed: the negated {@link Errno}. Names are bytes. All descriptors are closed on exec if the
 * flags say so. May be used by several threads.
 */
public final class LibC {

    /** For {@link #chown}: leave this half of the owner as it is. */
    public static final int LEAVE = -1;

    /** For the statx methods: a network file system must ask its server. */
    public static final int AT_STATX_FORCE_SYNC = 0x2000;

    /** For the statx methods: a network file system need not ask its server. */
    public static final int AT_STATX_DONT_SYNC = 0x4000;

    static final boolean ARM64 = isArm64();

    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_NO_AUTOMOUNT = 0x800;
    private static final int AT_EMPTY_PATH = 0x1000;

    private static final long SYS_GETDENTS64 = ARM64 ? 61 : 217;
    private static final long SYS_OPENAT2 = 437;
    private static final int F_OFD_SETLK = 37;
    private static final short F_WRLCK = 1;
    private static final int FLOCK_SIZE = 32;
    private static final int CLONE_FS = 0x200;
    private static final int OPEN_HOW_SIZE = 24;
    private static final int RUSAGE_THREAD = 1;
    private static final int RUSAGE_SIZE = 144;
    private static final int VOLUNTARY_SWITCHES = 128;

    /** Including the NUL; longer paths are the caller's to cut (ENAMETOOLONG). */
    static final int PATH_MAX = 4096;

    // Where glibc has a function for a system call: under seccomp and on every processor it does what is right there.
    private static final NativeFunction SYSCALL = NativeFunction.named("syscall");
    private static final NativeFunction OPENAT = NativeFunction.named("openat");
    private static final NativeFunction CLOSE = NativeFunction.named("close");
    private static final NativeFunction STATX = NativeFunction.named("statx");
    private static final NativeFunction UNLINKAT = NativeFunction.named("unlinkat");
    private static final NativeFunction FCNTL = NativeFunction.named("fcntl");
    private static final NativeFunction GETRUSAGE = NativeFunction.named("getrusage");
    private static final NativeFunction SETFSUID = NativeFunction.named("setfsuid");
    private static final NativeFunction SETFSGID = NativeFunction.named("setfsgid");
    private static final NativeFunction UNSHARE = NativeFunction.named("unshare");
    private static final NativeFunction FCHDIR = NativeFunction.named("fchdir");
    private static final NativeFunction FCHOWNAT = NativeFunction.named("fchownat");
    private static final NativeFunction CHMOD = NativeFunction.named("chmod");
    private static final NativeFunction SYNCFS = NativeFunction.named("syncfs");
    private static final NativeFunction READLINKAT = NativeFunction.named("readlinkat");

    private final NativeMemory emptyPath = NativeMemory.text("");
    private final ExtendedAttributes attributes = new ExtendedAttributes();
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    private LibC() {}

    /** @throws IllegalStateException on a machine that is neither x86-64 nor arm64 */
    public static LibC load() {
        return Loaded.INSTANCE;
    }

    public ExtendedAttributes attributes() {
        return attributes;
    }

    /** Opens a path as the process sees it; follows symbolic links unless the flags forbid it. */
    public int open(byte[] path, int flags) {
        return openat(AT_FDCWD, path, flags);
    }

    public int openat(int directory, byte[] path, int flags) {
        if (path.length >= PATH_MAX) {
            return -Errno.ENAMETOOLONG;
        }
        NativeMemory text = scratch.get().text(path);
        return NativeFunction.result(OPENAT.call(directory, text.address(), flags, 0));
    }

    /** @param resolve the RESOLVE flags of {@code openat2(2)}; -ENOSYS (or, in some sandboxes, -EPERM) where it is missing */
    public int openat2(int directory, byte[] path, int flags, long resolve) {
        if (path.length >= PATH_MAX) {
            return -Errno.ENAMETOOLONG;
        }
        Scratch mine = scratch.get();
        NativeMemory text = mine.text(path);
        mine.openHow.bytes().putLong(0, Integer.toUnsignedLong(flags));
        mine.openHow.bytes().putLong(8, 0);
        mine.openHow.bytes().putLong(16, resolve);
        return NativeFunction.result(
                SYSCALL.call(SYS_OPENAT2, directory, text.address(), mine.openHow.address(), OPEN_HOW_SIZE));
    }

    public int close(int descriptor) {
        return NativeFunction.result(CLOSE.call(descriptor));
    }

    /** Reads the next part of a directory. @return 0 at the end */
    public int getdents64(int directory, DirectoryEntries into) {
        int length = NativeFunction.result(SYSCALL.call(SYS_GETDENTS64, directory, into.address(), into.size(), 0));
        into.filled(Math.max(length, 0));
        return length;
    }

    /** Looks at what the descriptor stands for. @param flags 0 or {@link #AT_STATX_DONT_SYNC} */
    public int statx(int descriptor, int flags, FileStatus into) {
        return NativeFunction.result(STATX.call(
                descriptor,
                emptyPath.address(),
                AT_EMPTY_PATH | AT_NO_AUTOMOUNT | flags,
                FileStatus.MASK,
                into.address()));
    }

    /** Looks at a directory's entry, which may be a symbolic link. Starts no automount. @param flags as above */
    public int statx(int directory, byte[] name, int flags, FileStatus into) {
        if (name.length >= PATH_MAX) {
            return -Errno.ENAMETOOLONG;
        }
        NativeMemory text = scratch.get().text(name);
        return NativeFunction.result(STATX.call(
                directory,
                text.address(),
                AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | flags,
                FileStatus.MASK,
                into.address()));
    }

    /** The same for the entry on which the cursor stands. @param flags 0 or {@link #AT_STATX_DONT_SYNC} */
    public int statx(int directory, DirectoryEntries current, int flags, FileStatus into) {
        return STATX.ask(
                directory,
                current.nameAddress(),
                AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | flags,
                FileStatus.MASK,
                into.address());
    }

    /** Changes the owner of a pinned entry; a symbolic link's own. @param uid,gid the 32 bits, or {@link #LEAVE} */
    public int chown(int pin, int uid, int gid) {
        return NativeFunction.result(FCHOWNAT.call(pin, emptyPath.address(), uid, gid, AT_EMPTY_PATH));
    }

    /** Changes the permissions of a pinned entry that is no symbolic link. */
    public int chmod(int pin, int permissions) {
        // fchmod(2) on an O_PATH descriptor is EBADF; the kernel's own link to it works.
        return NativeFunction.result(CHMOD.call(scratch.get().link.to(pin), permissions));
    }

    /** Returns when all that was written to the descriptor's file system is on its disk. @param descriptor no pin */
    public int syncfs(int descriptor) {
        return NativeFunction.result(SYNCFS.call(descriptor));
    }

    /** Where a pinned symbolic link points. @return the length; the whole of {@code into} means that it was cut */
    public int readlink(int pin, byte[] into) {
        NativeMemory target = scratch.get().path;
        int size = Math.min(into.length, target.size());
        int length = NativeFunction.result(READLINKAT.call(pin, emptyPath.address(), target.address(), size));
        if (length > 0) {
            target.bytes().get(0, into, 0, length);
        }
        return length;
    }

    /** Gives the calling thread a working directory of its own, which no other thread sees. @return 0 if it has one now */
    public int unshareWorkingDirectory() {
        return NativeFunction.result(UNSHARE.call(CLONE_FS));
    }

    /** Only for threads that have a working directory of their own. */
    public int fchdir(int directory) {
        return NativeFunction.result(FCHDIR.call(directory));
    }

    /** How often the calling thread has waited for something; that others took the processor from it is not counted. */
    public long waits() {
        NativeMemory usage = scratch.get().usage;
        GETRUSAGE.call(RUSAGE_THREAD, usage.address());
        return usage.bytes().getLong(VOLUNTARY_SWITCHES);
    }

    /** Opens the file that a pin stands for. */
    public int reopen(int pin, int flags) {
        return NativeFunction.result(OPENAT.call(AT_FDCWD, scratch.get().link.to(pin), flags, 0));
    }

    /** Makes a file that must not be there yet. @return a descriptor for writing */
    public int create(int directory, byte[] name, int permissions) {
        int flags =
                OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;
        return NativeFunction.result(
                OPENAT.call(directory, scratch.get().text(name).address(), flags, permissions));
    }

    public int unlink(int directory, byte[] name) {
        return NativeFunction.result(
                UNLINKAT.call(directory, scratch.get().text(name).address(), 0));
    }

    /** Tries to lock a range for writing, without waiting; the lock belongs to the descriptor and goes with it. */
    public int tryWriteLock(int descriptor, long start, long length) {
        NativeMemory lock = scratch.get().lock;
        lock.bytes()
                .putShort(0, F_WRLCK)
                .putShort(2, (short) 0)
                .putLong(8, start)
                .putLong(16, length);
        return NativeFunction.result(FCNTL.call(descriptor, F_OFD_SETLK, lock.address()));
    }

    /** As whom the calling thread alone uses files, from now on. Everything but root's own numbers takes root's rights away. */
    public void actOnFilesAs(int uid, int gid) {
        // The group first: whoever is not root any more cannot choose it.
        if (uid == 0) {
            SETFSUID.call(uid);
            SETFSGID.call(gid);
        } else {
            SETFSGID.call(gid);
            SETFSUID.call(uid);
        }
    }

    private static boolean isArm64() {
        String architecture = System.getProperty("os.arch");
        return switch (architecture) {
            case "amd64" -> false;
            case "aarch64" -> true;
            default ->
                throw new IllegalStateException(
                        "this program knows the system calls of x86-64 and arm64, and none of " + architecture);
        };
    }

    private static final class Loaded {
        static final LibC INSTANCE = new LibC();
    }

    /** Memory for the arguments of one call at a time. */
    private static final class Scratch {
        private final NativeMemory path = new NativeMemory(PATH_MAX);
        private final NativeMemory lock = new NativeMemory(FLOCK_SIZE);
        private final NativeMemory usage = new NativeMemory(RUSAGE_SIZE);
        private final OwnLink link = new OwnLink();
        private final NativeMemory openHow = new NativeMemory(OPEN_HOW_SIZE);

        NativeMemory text(byte[] text) {
            path.setText(text);
            return path;
        }
    }
}
