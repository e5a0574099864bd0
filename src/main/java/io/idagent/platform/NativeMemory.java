package io.idagent.platform;

import com.kenai.jffi.MemoryIO;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Memory outside the Java heap, which stays where it is: the kernel reads from and writes to its address.
 *
 * <p>What is read for each entry of a walk is read by {@link #byteAt} and its like: in code that is compiled for a short life, a
 * buffer's own methods take several times as long.
 */
final class NativeMemory {

    private static final MemoryIO IO = MemoryIO.getInstance();

    private final ByteBuffer bytes;
    private final long address;
    private final int size;

    NativeMemory(int size) {
        this.bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        this.address = IO.getDirectBufferAddress(bytes);
        this.size = size;
    }

    /** A C string: the bytes and a NUL. */
    static NativeMemory text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        NativeMemory memory = new NativeMemory(bytes.length + 1);
        memory.setText(bytes);
        return memory;
    }

    /** Puts the bytes and a NUL at the beginning. */
    void setText(byte[] text) {
        bytes.put(0, text);
        bytes.put(text.length, (byte) 0);
    }

    // Each holds the memory until it was read: a collection in between would free what nobody asks for afterwards.

    byte byteAt(int offset) {
        byte value = IO.getByte(address(offset, Byte.BYTES));
        Reference.reachabilityFence(this);
        return value;
    }

    short shortAt(int offset) {
        short value = IO.getShort(address(offset, Short.BYTES));
        Reference.reachabilityFence(this);
        return value;
    }

    int intAt(int offset) {
        int value = IO.getInt(address(offset, Integer.BYTES));
        Reference.reachabilityFence(this);
        return value;
    }

    long longAt(int offset) {
        long value = IO.getLong(address(offset, Long.BYTES));
        Reference.reachabilityFence(this);
        return value;
    }

    private long address(int offset, int width) {
        if (offset < 0 || offset > size - width) {
            throw outside(offset, width);
        }
        return address + offset;
    }

    private IndexOutOfBoundsException outside(int offset, int width) {
        return new IndexOutOfBoundsException(width + " bytes at " + offset + " of " + size);
    }

    ByteBuffer bytes() {
        return bytes;
    }

    long address() {
        return address;
    }

    int size() {
        return size;
    }
}
