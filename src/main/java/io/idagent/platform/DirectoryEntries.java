package io.idagent.platform;

import java.nio.ByteBuffer;

/**
 * A part of a directory's entries, as {@code getdents64(2)} gives them; a cursor over them. Without "." and "..". Filled
 * by {@link LibC#getdents64}; the current entry can be handed to LibC as it lies there, whatever bytes its name has.
 */
public final class DirectoryEntries {

    /** Room for some thousand names: more did not make the walk faster. */
    private static final int SIZE = 128 * 1024;

    private static final int RECORD_LENGTH = 16;
    private static final int TYPE = 18;
    private static final int NAME = 19;

    private static final byte UNKNOWN = 0;
    private static final byte DIRECTORY = 4;

    private final NativeMemory memory = new NativeMemory(SIZE);
    private final ByteBuffer bytes = memory.bytes();
    private int current;
    private int next;
    private int end;

    void filled(int length) {
        current = 0;
        next = 0;
        end = length;
    }

    long address() {
        return memory.address();
    }

    int size() {
        return SIZE;
    }

    /** Goes to the next entry. @return false if there is none in this part */
    public boolean next() {
        while (next < end) {
            current = next;
            next += Short.toUnsignedInt(memory.shortAt(current + RECORD_LENGTH));
            if (!isDotOrDotDot()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Takes away the second half of what the cursor has not come to yet.
     *
     * @param least less than so many bytes are not worth it
     * @return the half, for {@link #fill}; empty if nothing was taken
     */
    public byte[] giveHalf(int least) {
        int middle = next;
        while (middle < end && middle - next < (end - next) / 2) {
            middle += Short.toUnsignedInt(memory.shortAt(middle + RECORD_LENGTH));
        }
        if (end - middle < least || middle == end) {
            return new byte[0];
        }
        byte[] half = new byte[end - middle];
        bytes.get(middle, half);
        end = middle;
        return half;
    }

    /** @param part what {@link #giveHalf} gave */
    public void fill(byte[] part) {
        bytes.put(0, part);
        filled(part.length);
    }

    /** What the directory says; some file systems do not say ({@link #isOfUnknownType}). */
    public boolean isDirectory() {
        return memory.byteAt(current + TYPE) == DIRECTORY;
    }

    public boolean isOfUnknownType() {
        return memory.byteAt(current + TYPE) == UNKNOWN;
    }

    /** A copy of the name's bytes, without the NUL. */
    public byte[] name() {
        int start = current + NAME;
        int length = 0;
        while (memory.byteAt(start + length) != 0) {
            length++;
        }
        byte[] name = new byte[length];
        bytes.get(start, name);
        return name;
    }

    /** Puts the name and its NUL there. */
    void copyName(ByteBuffer into, int offset) {
        int from = current + NAME;
        byte b;
        do {
            b = memory.byteAt(from++);
            into.put(offset++, b);
        } while (b != 0);
    }

    long nameAddress() {
        return memory.address() + current + NAME;
    }

    private boolean isDotOrDotDot() {
        int start = current + NAME;
        if (memory.byteAt(start) != '.') {
            return false;
        }
        byte second = memory.byteAt(start + 1);
        return second == 0 || second == '.' && memory.byteAt(start + 2) == 0;
    }
}
