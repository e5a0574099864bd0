package io.idagent.platform;

/**
 * A numeric group id: unsigned, 32 bits.
 *
 * <p>4294967295 is left out, because {@code chown(2)} takes it for "leave the group as it is".
 */
public record Gid(long value) implements Comparable<Gid> {

    public static final Gid ROOT = new Gid(0);
    public static final long LAST = 4294967294L;

    public Gid {
        if (value < 0 || value > LAST) {
            throw new IllegalArgumentException(value + " is no gid: a gid is a number from 0 to " + LAST);
        }
    }

    /** The gid in the 32 bits of a C {@code gid_t}. */
    public static Gid ofBits(int bits) {
        return new Gid(Integer.toUnsignedLong(bits));
    }

    /** @throws IllegalArgumentException if the text is no decimal number in the range of a gid */
    public static Gid parse(String text) {
        return new Gid(IdNumber.parse(text, "gid"));
    }

    public int bits() {
        return (int) value;
    }

    // Written out: those that a record has by itself are put together at run time, for 15 ms of each start.
    @Override
    public boolean equals(Object other) {
        return other instanceof Gid && value == ((Gid) other).value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    @Override
    public int compareTo(Gid other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
