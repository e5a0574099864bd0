package io.idagent.platform;

/**
 * A numeric user id: unsigned, 32 bits.
 *
 * <p>4294967295 is left out, because {@code chown(2)} takes it for "leave the owner as it is".
 */
public record Uid(long value) implements Comparable<Uid> {

    public static final Uid ROOT = new Uid(0);
    public static final long LAST = 4294967294L;

    public Uid {
        if (value < 0 || value > LAST) {
            throw new IllegalArgumentException(value + " is no uid: a uid is a number from 0 to " + LAST);
        }
    }

    /** The uid in the 32 bits of a C {@code uid_t}. */
    public static Uid ofBits(int bits) {
        return new Uid(Integer.toUnsignedLong(bits));
    }

    /** @throws IllegalArgumentException if the text is no decimal number in the range of a uid */
    public static Uid parse(String text) {
        return new Uid(IdNumber.parse(text, "uid"));
    }

    public int bits() {
        return (int) value;
    }

    // Written out: those that a record has by itself are put together at run time, for 15 ms of each start.
    @Override
    public boolean equals(Object other) {
        return other instanceof Uid && value == ((Uid) other).value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    @Override
    public int compareTo(Uid other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
