package io.idagent.platform;

import java.nio.charset.StandardCharsets;

/**
 * The kernel's own link to what a descriptor stands for, {@code /proc/self/fd/N}, for system calls that take a path alone. Not
 * for several threads.
 */
final class OwnLink {

    private static final String DIRECTORY = "/proc/self/fd/";
    private static final int DIGITS = 10;

    private final NativeMemory memory = new NativeMemory(DIRECTORY.length() + DIGITS + 1);

    OwnLink() {
        memory.setText(DIRECTORY.getBytes(StandardCharsets.US_ASCII));
    }

    /** @return the address of the path, which is another one after the next call */
    long to(int descriptor) {
        int end = DIRECTORY.length() + 1;
        for (int rest = descriptor; rest >= 10; rest /= 10) {
            end++;
        }
        memory.bytes().put(end, (byte) 0);
        int rest = descriptor;
        for (int at = end - 1; at >= DIRECTORY.length(); at--) {
            memory.bytes().put(at, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        return memory.address();
    }

    /** The same, to be put before a name. */
    static byte[] text(int descriptor) {
        return (DIRECTORY + descriptor + "/").getBytes(StandardCharsets.US_ASCII);
    }
}
