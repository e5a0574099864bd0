package io.idagent.ownership;

import java.util.Arrays;
import java.util.HexFormat;

/** The bytes of an extended attribute. Immutable. */
public final class AttributeValue {

    private final byte[] bytes;

    private AttributeValue(byte[] bytes) {
        this.bytes = bytes;
    }

    public static AttributeValue of(byte[] bytes) {
        return new AttributeValue(bytes.clone());
    }

    /**
     * What {@link #toString} wrote, which is also what {@code getfattr -e hex} shows.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static AttributeValue parse(String text) {
        if (!text.startsWith("0x")) {
            throw new IllegalArgumentException("'" + text + "' does not begin with 0x");
        }
        return new AttributeValue(HexFormat.of().parseHex(text, 2, text.length()));
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AttributeValue that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
