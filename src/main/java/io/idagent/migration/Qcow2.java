package io.idagent.migration;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the header of a qcow2 image says (qemu's {@code docs/interop/qcow2.txt}). A guest may have written it: numbers are
 * checked before they are used, with qemu's own limits, and nothing that it names is opened.
 */
final class Qcow2 {

    /** The header with its extensions, and mostly the name of the backing file behind them. */
    private static final int HEADER = 4096;

    private static final int VERSION = 4;
    private static final int BACKING_OFFSET = 8;
    private static final int BACKING_LENGTH = 16;
    private static final int SNAPSHOTS = 60;
    private static final int SNAPSHOTS_OFFSET = 64;
    private static final int HEADER_LENGTH = 100;
    private static final int LENGTH_OF_VERSION_2 = 72;

    private static final int BACKING_FORMAT = 0xE2792ACA;
    private static final int LONGEST_NAME = 1023;

    private static final int SNAPSHOT = 40;
    private static final int SNAPSHOT_ID_LENGTH = 12;
    private static final int SNAPSHOT_NAME_LENGTH = 14;
    private static final int SNAPSHOT_EXTRA_LENGTH = 36;
    private static final int LONGEST_EXTRA = 1024;
    /** More are not worth a person's time to read; that there are some is what matters. */
    private static final int MOST_SNAPSHOTS = 100;

    private Qcow2() {}

    /** Some bytes of a file; fewer where it ends. */
    interface Bytes {
        byte[] read(long offset, int length) throws IOException;
    }

    /** @throws IOException if it cannot be read, or is no image of this kind */
    static ImageContent read(Path image, Bytes file) throws IOException {
        try {
            ByteBuffer header = ByteBuffer.wrap(file.read(0, HEADER));
            int version = header.getInt(VERSION);
            if (version != 2 && version != 3) {
                throw new IOException(image + " is a qcow2 image of an unknown version " + version);
            }
            Optional<String> backing = backing(header, file);
            return new ImageContent(
                    "qcow2",
                    backing.map(name -> absolute(image, name)),
                    backing.isPresent() ? backingFormat(header, version) : Optional.empty(),
                    snapshots(header, file));
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException(image + " ends in the middle of its header, or says of itself what cannot be", e);
        }
    }

    private static Optional<String> backing(ByteBuffer header, Bytes file) throws IOException {
        long offset = header.getLong(BACKING_OFFSET);
        int length = header.getInt(BACKING_LENGTH);
        if (offset == 0 || length == 0) {
            return Optional.empty();
        }
        return Optional.of(text(file, offset, length));
    }

    private static String text(Bytes file, long offset, int length) throws IOException {
        if (offset < 0 || length < 0 || length > LONGEST_NAME) {
            throw new IllegalArgumentException("a name of " + length + " bytes at " + offset);
        }
        byte[] text = file.read(offset, length);
        if (text.length < length) {
            throw new BufferUnderflowException();
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Behind the header: extensions of a type, a length and content, in steps of eight bytes, until one of type 0. */
    private static Optional<String> backingFormat(ByteBuffer header, int version) {
        int at = version == 2 ? LENGTH_OF_VERSION_2 : header.getInt(HEADER_LENGTH);
        while (at >= 0 && at + 8 <= header.limit() && header.getInt(at) != 0) {
            int length = header.getInt(at + 4);
            if (length < 0 || length > header.limit()) {
                return Optional.empty();
            }
            if (header.getInt(at) == BACKING_FORMAT) {
                byte[] format = new byte[length];
                header.get(at + 8, format);
                return Optional.of(new String(format, StandardCharsets.UTF_8));
            }
            at += 8 + (length + 7) / 8 * 8;
        }
        return Optional.empty();
    }

    private static List<String> snapshots(ByteBuffer header, Bytes file) throws IOException {
        List<String> names = new ArrayList<>();
        long count = Math.min(Integer.toUnsignedLong(header.getInt(SNAPSHOTS)), MOST_SNAPSHOTS);
        long at = header.getLong(SNAPSHOTS_OFFSET);
        for (int number = 0; number < count; number++) {
            ByteBuffer entry = ByteBuffer.wrap(file.read(at, SNAPSHOT));
            int extra = entry.getInt(SNAPSHOT_EXTRA_LENGTH);
            int id = Short.toUnsignedInt(entry.getShort(SNAPSHOT_ID_LENGTH));
            int name = Short.toUnsignedInt(entry.getShort(SNAPSHOT_NAME_LENGTH));
            if (extra < 0 || extra > LONGEST_EXTRA) {
                throw new IllegalArgumentException("a snapshot with " + extra + " more bytes");
            }
            names.add(text(file, at + SNAPSHOT + extra + id, name));
            at += (SNAPSHOT + extra + id + name + 7) / 8 * 8;
        }
        return names;
    }

    /** A relative name is meant from the image's directory; something like "nbd:..." or "json:..." is no file. */
    private static String absolute(Path image, String name) {
        boolean isProtocol = name.matches("[a-zA-Z0-9.+-]+:.*");
        if (name.startsWith("/") || isProtocol || image.getParent() == null) {
            return name;
        }
        return image.getParent() + "/" + name;
    }
}
