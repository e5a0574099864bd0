package io.idagent.platform;

import java.nio.charset.StandardCharsets;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.SaveError;

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
    private static final int PATH_MAX = 4096;

    /** The largest extended attribute that Linux knows, in bytes (XATTR_SIZE_MAX). */
    private static final int VALUE_MAX = 64 * 1024;

    private final Calls calls;
    private final NativeMemory emptyPath = NativeMemory.text("");
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    private LibC(Calls calls) {
        this.calls = calls;
    }

    /** @throws IllegalStateException on a machine that is neither x86-64 nor arm64 */
    public static LibC load() {
        return Loaded.INSTANCE;
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
        return result(calls.openat(directory, text.address(), flags, 0));
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
        // Four arguments after the number: jnr-ffi passes a sixth integer argument wrongly on x86-64.
        return result(calls.syscall(SYS_OPENAT2, directory, text.address(), mine.openHow.address(), OPEN_HOW_SIZE));
    }

    public int close(int descriptor) {
        return result(calls.close(descriptor));
    }

    /** Reads the next part of a directory. @return 0 at the end */
    public int getdents64(int directory, DirectoryEntries into) {
        int length = result(calls.syscall(SYS_GETDENTS64, directory, into.address(), into.size(), 0));
        into.filled(Math.max(length, 0));
        return length;
    }

    /** Looks at what the descriptor stands for. @param flags 0 or {@link #AT_STATX_DONT_SYNC} */
    public int statx(int descriptor, int flags, FileStatus into) {
        return result(calls.statx(
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
        return result(calls.statx(
                directory,
                text.address(),
                AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | flags,
                FileStatus.MASK,
                into.address()));
    }

    /** The same for the entry on which the cursor stands. @param flags 0 or {@link #AT_STATX_DONT_SYNC} */
    public int statx(int directory, DirectoryEntries current, int flags, FileStatus into) {
        return result(calls.statx(
                directory,
                current.nameAddress(),
                AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | flags,
                FileStatus.MASK,
                into.address()));
    }

    /** Changes the owner of a pinned entry; a symbolic link's own. @param uid,gid the 32 bits, or {@link #LEAVE} */
    public int chown(int pin, int uid, int gid) {
        return result(calls.fchownat(pin, emptyPath.address(), uid, gid, AT_EMPTY_PATH));
    }

    /** Changes the permissions of a pinned entry that is no symbolic link. */
    public int chmod(int pin, int permissions) {
        // fchmod(2) on an O_PATH descriptor is EBADF; the kernel's own link to it works.
        return result(calls.chmod(scratch.get().text(ownLink(pin)).address(), permissions));
    }

    /** Reads an extended attribute of a pinned entry that is no symbolic link. @return its length */
    public int getxattr(int pin, String name, byte[] into) {
        Scratch mine = scratch.get();
        int size = Math.min(into.length, mine.value.size());
        int length = result(calls.getxattr(
                mine.text(ownLink(pin)).address(), mine.name(name).address(), mine.value.address(), size));
        return mine.copyValue(length, into);
    }

    /** Sets an extended attribute of a pinned entry that is no symbolic link. */
    public int setxattr(int pin, String name, byte[] value) {
        Scratch mine = scratch.get();
        mine.value.bytes().put(0, value);
        return result(calls.setxattr(
                mine.text(ownLink(pin)).address(), mine.name(name).address(), mine.value.address(), value.length, 0));
    }

    /** Takes an extended attribute of a pinned entry away that is no symbolic link. */
    public int removexattr(int pin, String name) {
        Scratch mine = scratch.get();
        return result(calls.removexattr(
                mine.text(ownLink(pin)).address(), mine.name(name).address()));
    }

    /** Returns when all that was written to the descriptor's file system is on its disk. @param descriptor no pin */
    public int syncfs(int descriptor) {
        return result(calls.syncfs(descriptor));
    }

    /** Where a pinned symbolic link points. @return the length; the whole of {@code into} means that it was cut */
    public int readlink(int pin, byte[] into) {
        Scratch mine = scratch.get();
        int size = Math.min(into.length, mine.value.size());
        return mine.copyValue(result(calls.readlinkat(pin, emptyPath.address(), mine.value.address(), size)), into);
    }

    /** Lists the extended attributes of a pinned entry that is no symbolic link. */
    public int listxattr(int pin, AttributeNames into) {
        long link = scratch.get().text(ownLink(pin)).address();
        return into.filled(result(calls.listxattr(link, into.address(), into.size())));
    }

    /** The same for the entry on which the cursor stands; a symbolic link's own. */
    public int listxattr(int directory, DirectoryEntries current, AttributeNames into) {
        long path = scratch.get().entry(ownLink(directory), current).address();
        return into.filled(result(calls.llistxattr(path, into.address(), into.size())));
    }

    /** The same for an entry of the thread's working directory, which is quicker than by way of /proc. */
    public int listxattr(DirectoryEntries current, AttributeNames into) {
        return into.filled(result(calls.llistxattr(current.nameAddress(), into.address(), into.size())));
    }

    /** Gives the calling thread a working directory of its own, which no other thread sees. @return 0 if it has one now */
    public int unshareWorkingDirectory() {
        return result(calls.unshare(CLONE_FS));
    }

    /** Only for threads that have a working directory of their own. */
    public int fchdir(int directory) {
        return result(calls.fchdir(directory));
    }

    /** How often the calling thread has waited for something; that others took the processor from it is not counted. */
    public long waits() {
        NativeMemory usage = scratch.get().usage;
        calls.getrusage(RUSAGE_THREAD, usage.address());
        return usage.bytes().getLong(VOLUNTARY_SWITCHES);
    }

    /** Opens the file that a pin stands for. */
    public int reopen(int pin, int flags) {
        return open(ownLink(pin), flags);
    }

    /** Makes a file that must not be there yet. @return a descriptor for writing */
    public int create(int directory, byte[] name, int permissions) {
        int flags =
                OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;
        return result(calls.openat(directory, scratch.get().text(name).address(), flags, permissions));
    }

    public int unlink(int directory, byte[] name) {
        return result(calls.unlinkat(directory, scratch.get().text(name).address(), 0));
    }

    /** Tries to lock a range for writing, without waiting; the lock belongs to the descriptor and goes with it. */
    public int tryWriteLock(int descriptor, long start, long length) {
        NativeMemory lock = scratch.get().lock;
        lock.bytes()
                .putShort(0, F_WRLCK)
                .putShort(2, (short) 0)
                .putLong(8, start)
                .putLong(16, length);
        return result(calls.fcntl(descriptor, F_OFD_SETLK, lock.address()));
    }

    /** As whom the calling thread alone uses files, from now on. Everything but root's own numbers takes root's rights away. */
    public void actOnFilesAs(int uid, int gid) {
        // The group first: whoever is not root any more cannot choose it.
        if (uid == 0) {
            calls.setfsuid(uid);
            calls.setfsgid(gid);
        } else {
            calls.setfsgid(gid);
            calls.setfsuid(uid);
        }
    }

    private static byte[] ownLink(int pin) {
        return ("/proc/self/fd/" + pin).getBytes(StandardCharsets.US_ASCII);
    }

    private static int result(long returned) {
        return returned == -1 ? -Runtime.getSystemRuntime().getLastError() : (int) returned;
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
        static final LibC INSTANCE = new LibC(LibraryLoader.create(Calls.class).load("c"));
    }

    /** Memory for the arguments of one call at a time. */
    private static final class Scratch {
        private final NativeMemory path = new NativeMemory(PATH_MAX);
        private final NativeMemory name = new NativeMemory(256);
        private final NativeMemory value = new NativeMemory(VALUE_MAX);
        private final NativeMemory lock = new NativeMemory(FLOCK_SIZE);
        private final NativeMemory usage = new NativeMemory(RUSAGE_SIZE);
        private final NativeMemory openHow = new NativeMemory(OPEN_HOW_SIZE);

        NativeMemory text(byte[] text) {
            path.setText(text);
            return path;
        }

        NativeMemory entry(byte[] directory, DirectoryEntries current) {
            path.bytes().put(0, directory).put(directory.length, (byte) '/');
            current.copyName(path.bytes(), directory.length + 1);
            return path;
        }

        int copyValue(int length, byte[] into) {
            if (length > 0) {
                value.bytes().get(0, into, 0, length);
            }
            return length;
        }

        NativeMemory name(String ascii) {
            name.setText(ascii.getBytes(StandardCharsets.US_ASCII));
            return name;
        }
    }

    /**
     * The functions of glibc. Public only because jnr-ffi generates their implementation elsewhere. Addresses are plain
     * numbers: jnr-ffi then calls without any conversion, which is what makes a walk over a million files quick.
     */
    public interface Calls {

        @SaveError
        long syscall(long number, long first, long second, long third, long fourth);

        @SaveError
        int openat(int directory, long path, int flags, int mode);

        @SaveError
        int close(int descriptor);

        @SaveError
        int statx(int directory, long path, int flags, int mask, long into);

        @SaveError
        int unlinkat(int directory, long path, int flags);

        @SaveError
        int fcntl(int descriptor, int command, long argument);

        int getrusage(int whose, long into);

        int setfsuid(int uid);

        int setfsgid(int gid);

        @SaveError
        int unshare(int flags);

        @SaveError
        int fchdir(int directory);

        @SaveError
        int fchownat(int directory, long path, int uid, int gid, int flags);

        @SaveError
        int chmod(long path, int mode);

        @SaveError
        long getxattr(long path, long name, long value, long size);

        @SaveError
        int setxattr(long path, long name, long value, long size, int flags);

        @SaveError
        int removexattr(long path, long name);

        @SaveError
        int syncfs(int descriptor);

        @SaveError
        long listxattr(long path, long into, long size);

        @SaveError
        long llistxattr(long path, long into, long size);

        @SaveError
        long readlinkat(int directory, long path, long into, long size);
    }
}
