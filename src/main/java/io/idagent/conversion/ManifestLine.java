package io.idagent.conversion;

import io.idagent.ownership.Hit;
import io.idagent.ownership.Reason;
import io.idagent.platform.FileType;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;

/** One file in a {@link Manifest}, as a line of ASCII: names are bytes, and those that are no plain letters become %XX. */
final class ManifestLine {

    private ManifestLine() {}

    static String format(Hit hit) {
        return hit.reason() + " " + hit.type() + " " + Long.toUnsignedString(hit.inode()) + " "
                + Integer.toOctalString(hit.permissions()) + " " + hit.before() + " " + hit.after() + " " + hit.size()
                + " "
                + escape(hit.path().bytes()) + "\n";
    }

    /** @throws IOException if the line is not one that {@link #format} wrote */
    static Hit parse(String line, Path file, long number) throws IOException {
        try {
            String[] fields = line.split(" ", -1);
            if (fields.length != 8) {
                throw new IllegalArgumentException(fields.length + " fields");
            }
            return new Hit(
                    RawPath.ofBytes(unescape(fields[7])),
                    Long.parseUnsignedLong(fields[2]),
                    FileType.valueOf(fields[1]),
                    Integer.parseInt(fields[3], 8),
                    owner(fields[4]),
                    owner(fields[5]),
                    Reason.valueOf(fields[0]),
                    Long.parseLong(fields[6]));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "line " + number + " of " + file + " is damaged (" + e.getMessage() + "): " + line, e);
        }
    }

    private static Owner owner(String text) {
        int colon = text.indexOf(':');
        return new Owner(Uid.parse(text.substring(0, Math.max(0, colon))), Gid.parse(text.substring(colon + 1)));
    }

    private static String escape(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            if (b > ' ' && b < 0x7f && b != '%') {
                text.append((char) b);
            } else {
                text.append(String.format("%%%02X", b));
            }
        }
        return text.toString();
    }

    private static byte[] unescape(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                if (i + 3 > text.length()) {
                    throw new IllegalArgumentException("it ends within a %XX");
                }
                bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(text.charAt(i));
            }
        }
        return bytes.toByteArray();
    }
}
