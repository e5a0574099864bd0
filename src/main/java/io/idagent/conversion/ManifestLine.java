package io.idagent.conversion;

import io.idagent.ownership.AttributeHit;
import io.idagent.ownership.AttributeValue;
import io.idagent.ownership.Hit;
import io.idagent.ownership.OwnerAttribute;
import io.idagent.ownership.OwnerHit;
import io.idagent.ownership.Reason;
import io.idagent.platform.FileType;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/** One change in a {@link Manifest}, of an owner or of an attribute, as a line of ASCII: names are bytes, and those that are no plain letters become %XX. */
final class ManifestLine {

    private static final int OWNER_FIELDS = 8;
    private static final int ATTRIBUTE_FIELDS = 7;

    /** What a decoder makes of other bytes. */
    private static final char NO_ASCII = '\uFFFD';

    private ManifestLine() {}

    static String format(Hit hit) {
        String what = hit.reason() + " " + hit.type() + " " + Long.toUnsignedString(hit.inode()) + " ";
        String change;
        if (hit instanceof OwnerHit owner) {
            change = Integer.toOctalString(owner.permissions()) + " " + owner.before() + " " + owner.after() + " "
                    + owner.size();
        } else {
            AttributeHit attribute = (AttributeHit) hit;
            change = attribute.attribute().key() + " " + attribute.before() + " " + attribute.after();
        }
        return what + change + " " + escape(hit.path().bytes()) + "\n";
    }

    /** @throws IOException if the line is not one that {@link #format} wrote */
    static Hit parse(String line, Path file, long number) throws IOException {
        try {
            String[] fields = line.split(" ", -1);
            return switch (fields.length) {
                case OWNER_FIELDS -> owner(fields);
                case ATTRIBUTE_FIELDS -> attribute(fields);
                default -> throw new IllegalArgumentException(fields.length + " fields");
            };
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "line " + number + " of " + file + " is damaged (" + e.getMessage() + "): " + line, e);
        }
    }

    private static OwnerHit owner(String[] fields) {
        return new OwnerHit(
                RawPath.ofBytes(unescape(fields[7])),
                Long.parseUnsignedLong(fields[2]),
                FileType.valueOf(fields[1]),
                Integer.parseInt(fields[3], 8),
                owner(fields[4]),
                owner(fields[5]),
                Reason.valueOf(fields[0]),
                Long.parseLong(fields[6]));
    }

    private static AttributeHit attribute(String[] fields) {
        return new AttributeHit(
                RawPath.ofBytes(unescape(fields[6])),
                Long.parseUnsignedLong(fields[2]),
                FileType.valueOf(fields[1]),
                OwnerAttribute.ofKey(fields[3])
                        .orElseThrow(() -> new IllegalArgumentException("no attribute " + fields[3])),
                AttributeValue.parse(fields[4]),
                AttributeValue.parse(fields[5]),
                Reason.valueOf(fields[0]));
    }

    private static Owner owner(String text) {
        int colon = text.indexOf(':');
        return new Owner(Uid.parse(text.substring(0, Math.max(0, colon))), Gid.parse(text.substring(colon + 1)));
    }

    private static String escape(byte[] bytes) {
        return isPlain(bytes) ? new String(bytes, StandardCharsets.US_ASCII) : escapeAll(bytes);
    }

    /** Nearly every name is. */
    private static boolean isPlain(byte[] bytes) {
        for (byte b : bytes) {
            if (!isPlain(b)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(byte b) {
        return b > ' ' && b < 0x7f && b != '%';
    }

    private static String escapeAll(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            if (isPlain(b)) {
                text.append((char) b);
            } else {
                text.append(String.format("%%%02X", b));
            }
        }
        return text.toString();
    }

    private static byte[] unescape(String text) {
        if (text.indexOf(NO_ASCII) >= 0) {
            throw new IllegalArgumentException("a byte that is no ASCII");
        }
        if (text.indexOf('%') < 0) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
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
