package io.idagent.platform;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One call to glibc's name service switch, and the entry it found ({@code getpwnam_r(3)}, {@code getgrnam_r(3)}).
 *
 * <p>By JNA, which libvirt's library needs as well: the daemon, which asks for names all its life, then goes without the
 * 24 MiB of jnr-ffi. Not for several threads at once.
 */
final class NssEntry {

    private static final int EINTR = 4;
    private static final int ERANGE = 34;

    /** A group with a hundred thousand members fits; a buffer without limit would be an invitation. */
    private static final long LARGEST_BUFFER = 16L * 1024 * 1024;

    // struct passwd and struct group of pwd.h and grp.h, wherever pointers have 64 bits.
    private static final int SIZE = 48;
    private static final int NAME = 0;
    private static final int ID = 16;
    private static final int GID_OF_USER = 20;
    private static final int HOME = 32;

    private final Memory entry = new Memory(SIZE);
    private final Memory found = new Memory(Native.POINTER_SIZE);
    private Memory buffer = new Memory(4096);

    private interface Call {
        int with(Pointer buffer, long size);
    }

    /** @return 0, or the error number of a service that could not answer */
    int user(Uid uid) {
        return repeat((text, size) -> Calls.getpwuid_r(uid.bits(), entry, text, size, found));
    }

    int user(String name) {
        byte[] bytes = text(name);
        return repeat((text, size) -> Calls.getpwnam_r(bytes, entry, text, size, found));
    }

    int group(Gid gid) {
        return repeat((text, size) -> Calls.getgrgid_r(gid.bits(), entry, text, size, found));
    }

    int group(String name) {
        byte[] bytes = text(name);
        return repeat((text, size) -> Calls.getgrnam_r(bytes, entry, text, size, found));
    }

    private int repeat(Call call) {
        while (true) {
            found.setPointer(0, null);
            int answer = call.with(buffer, buffer.size());
            if (answer == ERANGE && buffer.size() < LARGEST_BUFFER) {
                buffer = new Memory(4 * buffer.size());
            } else if (answer != EINTR) {
                return isFound() ? 0 : answer;
            }
        }
    }

    /** After an answer of 0: whether there is such a name or number. */
    boolean isFound() {
        return found.getPointer(0) != null;
    }

    String name() {
        return entry.getPointer(NAME).getString(0, StandardCharsets.UTF_8.name());
    }

    Uid uid() {
        return Uid.ofBits(entry.getInt(ID));
    }

    Gid gidOfUser() {
        return Gid.ofBits(entry.getInt(GID_OF_USER));
    }

    Gid gidOfGroup() {
        return Gid.ofBits(entry.getInt(ID));
    }

    String home() {
        return entry.getPointer(HOME).getString(0, StandardCharsets.UTF_8.name());
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** Of the C library that the JVM itself runs on. */
    private static final class Calls {
        static {
            Native.register(Calls.class, NativeLibrary.getProcess());
        }

        static native int getpwuid_r(int uid, Pointer entry, Pointer buffer, long size, Pointer found);

        static native int getpwnam_r(byte[] name, Pointer entry, Pointer buffer, long size, Pointer found);

        static native int getgrgid_r(int gid, Pointer entry, Pointer buffer, long size, Pointer found);

        static native int getgrnam_r(byte[] name, Pointer entry, Pointer buffer, long size, Pointer found);
    }
}
