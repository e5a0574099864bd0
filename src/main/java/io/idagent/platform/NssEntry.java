package io.idagent.platform;

import com.kenai.jffi.MemoryIO;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;

/**
 * One call to glibc's name service switch, and the entry it found ({@code getpwnam_r(3)}, {@code getgrnam_r(3)}). Not for
 * several threads at once.
 */
final class NssEntry {

    private static final int EINTR = 4;
    private static final int ERANGE = 34;

    /** A group with a hundred thousand members fits; a buffer without limit would be an invitation. */
    private static final int LARGEST_BUFFER = 16 * 1024 * 1024;

    // struct passwd and struct group of pwd.h and grp.h, wherever pointers have 64 bits.
    private static final int SIZE = 48;
    private static final int NAME = 0;
    private static final int ID = 16;
    private static final int GID_OF_USER = 20;
    private static final int HOME = 32;

    private static final NativeFunction GETPWUID_R = NativeFunction.named("getpwuid_r");
    private static final NativeFunction GETPWNAM_R = NativeFunction.named("getpwnam_r");
    private static final NativeFunction GETGRGID_R = NativeFunction.named("getgrgid_r");
    private static final NativeFunction GETGRNAM_R = NativeFunction.named("getgrnam_r");

    private final NativeMemory entry = new NativeMemory(SIZE);
    private final NativeMemory found = new NativeMemory(Long.BYTES);
    private NativeMemory buffer = new NativeMemory(4096);

    /** @return 0, or the error number of a service that could not answer */
    int user(Uid uid) {
        return ask(GETPWUID_R, uid.bits());
    }

    int user(String name) {
        return ask(GETPWNAM_R, NativeMemory.text(name));
    }

    int group(Gid gid) {
        return ask(GETGRGID_R, gid.bits());
    }

    int group(String name) {
        return ask(GETGRNAM_R, NativeMemory.text(name));
    }

    private int ask(NativeFunction function, NativeMemory name) {
        int answer = ask(function, name.address());
        Reference.reachabilityFence(name);
        return answer;
    }

    private int ask(NativeFunction function, long who) {
        while (true) {
            found.bytes().putLong(0, 0);
            int answer = (int) function.call(who, entry.address(), buffer.address(), buffer.size(), found.address());
            if (answer == ERANGE && buffer.size() < LARGEST_BUFFER) {
                buffer = new NativeMemory(4 * buffer.size());
            } else if (answer != EINTR) {
                return isFound() ? 0 : answer;
            }
        }
    }

    /** After an answer of 0: whether there is such a name or number. */
    boolean isFound() {
        return found.bytes().getLong(0) != 0;
    }

    String name() {
        return text(NAME);
    }

    Uid uid() {
        return Uid.ofBits(entry.bytes().getInt(ID));
    }

    Gid gidOfUser() {
        return Gid.ofBits(entry.bytes().getInt(GID_OF_USER));
    }

    Gid gidOfGroup() {
        return Gid.ofBits(entry.bytes().getInt(ID));
    }

    String home() {
        return text(HOME);
    }

    private String text(int pointer) {
        byte[] bytes =
                MemoryIO.getInstance().getZeroTerminatedByteArray(entry.bytes().getLong(pointer));
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
