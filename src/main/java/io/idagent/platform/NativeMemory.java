package io.idagent.platform;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Memory outside the Java heap, which stays where it is: the kernel reads from and writes to its address. */
final class NativeMemory {

    private final ByteBuffer bytes;
    private final long address;

    NativeMemory(int size) {
        bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        address = MemoryIO.getInstance().getDirectBufferAddress(bytes);
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

    ByteBuffer bytes() {
        return bytes;
    }

    long address() {
        return address;
    }

    int size() {
        return bytes.capacity();
    }
}
