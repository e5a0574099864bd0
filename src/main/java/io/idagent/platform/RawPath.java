package io.idagent.platform;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An absolute path as the bytes that the kernel has, which need not be text in any encoding. Always in its plainest
 * form: begins with "/", no empty part, no ".", no "..", no "/" at the end (but for "/" itself). Immutable.
 */
public final class RawPath implements Comparable<RawPath> {

    public static final RawPath ROOT = new RawPath(new byte[] {'/'});

    private final byte[] bytes;

    private RawPath(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException if it is no absolute path in its plainest form */
    public static RawPath ofBytes(byte[] bytes) {
        RawPath path = new RawPath(copyOf(bytes));
        path.refuseAllButPlain();
        return path;
    }

    /** The path of these names, from "/" on. */
    public static RawPath ofNames(List<byte[]> names) {
        if (names.isEmpty()) {
            return ROOT;
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] name : names) {
            joined.write('/');
            joined.writeBytes(name);
        }
        RawPath path = new RawPath(joined.toByteArray());
        path.refuseAllButPlain();
        return path;
    }

    /**
     * The bytes that Java would give to the kernel for this path; "." and ".." are resolved as text, so they must not
     * come after a symbolic link.
     *
     * @throws IllegalArgumentException if the path is relative, or Java has lost bytes of it in its own encoding
     */
    public static RawPath of(Path path) {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("'" + path + "' is no absolute path");
        }
        return ofBytes(bytesOf(path.normalize()));
    }

    /** The names of a path as they stand there, with "." and "..". */
    public static List<byte[]> namesOf(Path path) {
        return split(bytesOf(path));
    }

    /** The parts between the slashes, without empty ones. */
    public static List<byte[]> split(byte[] path) {
        List<byte[]> names = new ArrayList<>();
        int start = 0;
        for (int end = 0; end <= path.length; end++) {
            if (end == path.length || path[end] == '/') {
                if (end > start) {
                    names.add(Arrays.copyOfRange(path, start, end));
                }
                start = end + 1;
            }
        }
        return names;
    }

    public byte[] bytes() {
        return copyOf(bytes);
    }

    /** In code that is compiled for a short life, {@code clone} is a call into the virtual machine. */
    private static byte[] copyOf(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length);
    }

    /** As seen from "/": without the "/" at the beginning. */
    public byte[] relative() {
        return Arrays.copyOfRange(bytes, 1, bytes.length);
    }

    public int length() {
        return bytes.length;
    }

    /** From "/" on; none for "/" itself. */
    public List<byte[]> names() {
        return split(bytes);
    }

    /** Whether this is the other path, or lies below it: by names, so "/ab" does not lie below "/a". */
    public boolean isAtOrBelow(RawPath other) {
        int length = other.bytes.length;
        if (length == 1) {
            return true;
        }
        return bytes.length >= length
                && Arrays.equals(bytes, 0, length, other.bytes, 0, length)
                && (bytes.length == length || bytes[length] == '/');
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawPath that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public int compareTo(RawPath other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    /**
     * For people, terminals and JSON; never for opening a file. Bytes that are no UTF-8, control characters (and the
     * invisible ones that turn the direction of text) and the backslash stand as {@code \xNN}, so two paths never look
     * the same, and no name can forge a line.
     */
    @Override
    public String toString() {
        return printable(bytes);
    }

    /** The same for any bytes that somebody else chose, such as the target of a link. */
    public static String printable(byte[] bytes) {
        return isPlainAscii(bytes) ? new String(bytes, StandardCharsets.US_ASCII) : escaped(bytes);
    }

    /** Nearly every name is. */
    private static boolean isPlainAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < ' ' || b == 0x7f || b == '\\') {
                return false;
            }
        }
        return true;
    }

    private static String escaped(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length + 16);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.hasRemaining()) {
            CharBuffer out = CharBuffer.allocate(in.remaining());
            CoderResult result = decoder.reset().decode(in, out, true);
            out.flip();
            for (int i = 0; i < out.length(); i += Character.charCount(Character.codePointAt(out, i))) {
                appendPrintable(text, Character.codePointAt(out, i));
            }
            for (int i = 0; result.isError() && i < result.length(); i++) {
                appendEscaped(text, in.get());
            }
        }
        return text.toString();
    }

    private static void appendPrintable(StringBuilder text, int codePoint) {
        if (codePoint != '\\' && Printable.isPlain(codePoint)) {
            text.appendCodePoint(codePoint);
        } else {
            Printable.escape(text, codePoint);
        }
    }

    private static void appendEscaped(StringBuilder text, byte b) {
        text.append(String.format("\\x%02x", b));
    }

    private static byte[] bytesOf(Path path) {
        // The encoding that Java itself uses for file names; under LANG=C it has only ASCII.
        Charset encoding = Charset.forName(System.getProperty("sun.jnu.encoding"));
        String text = path.toString();
        try {
            ByteBuffer encoded = encoding.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            if (text.indexOf('\uFFFD') < 0) {
                return bytes;
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("'" + text + "' cannot be written in " + encoding, e);
        }
        throw new IllegalArgumentException("'" + text + "' has bytes that are no text in " + encoding);
    }

    private void refuseAllButPlain() {
        if (!isPlain()) {
            throw new IllegalArgumentException("'" + this + "' is no absolute path in its plainest form");
        }
    }

    private boolean isPlain() {
        if (bytes.length == 1) {
            return bytes[0] == '/';
        }
        int slash = 0;
        while (slash < bytes.length) {
            int end = slash + 1;
            while (end < bytes.length && bytes[end] != '/' && bytes[end] != 0) {
                end++;
            }
            boolean isName = bytes[slash] == '/' && end > slash + 1 && !isDots(slash + 1, end);
            if (!isName) {
                return false;
            }
            slash = end;
        }
        return bytes.length > 0;
    }

    private boolean isDots(int start, int end) {
        return bytes[start] == '.' && (end - start == 1 || end - start == 2 && bytes[start + 1] == '.');
    }
}
