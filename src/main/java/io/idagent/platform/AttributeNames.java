package io.idagent.platform;

import java.nio.charset.StandardCharsets;

/** The names of one file's extended attributes, as {@code listxattr(2)} gives them. Filled by {@link ExtendedAttributes}. */
public final class AttributeNames {

    /** Nearly every file has none, and hardly one has more than three; longer lists count as naming everything. */
    private static final int SIZE = 4096;

    private final NativeMemory memory = new NativeMemory(SIZE);
    private int length;
    private boolean isCut;

    int filled(int returned) {
        length = Math.max(returned, 0);
        isCut = returned == -Errno.ERANGE;
        return isCut ? SIZE : returned;
    }

    /** A name as it stands in a list, to be looked for. */
    public static byte[] name(String key) {
        return (key + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    /** @param name made by {@link #name} */
    public boolean contain(byte[] name) {
        if (isCut) {
            return true;
        }
        for (int start = 0; start < length; start = next(start)) {
            if (isAt(start, name)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAt(int start, byte[] name) {
        if (start + name.length > length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (memory.byteAt(start + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private int next(int start) {
        int end = start;
        while (end < length && memory.byteAt(end) != 0) {
            end++;
        }
        return end + 1;
    }

    long address() {
        return memory.address();
    }

    int size() {
        return SIZE;
    }
}
