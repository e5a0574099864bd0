package io.idagent.properties;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Tries a rule with many cases that nobody has thought of. Each run of the tests has other cases; one that fails says its seed,
 * and with -Dproperties.seed=SEED it is the first to be tried again.
 */
public final class Chance {

    /** So many cases a rule; -Dproperties.tries=N for more. */
    private static final int TRIES = Integer.getInteger("properties.tries", 2000);

    private static final long SEED = Long.getLong("properties.seed", new Random().nextLong());

    private final Random random;

    private Chance(long seed) {
        random = new Random(seed);
    }

    /** A rule that must hold for whatever chance gives. */
    public interface Rule {
        void mustHold(Chance chance) throws Exception;
    }

    public static void always(Rule rule) {
        for (int i = 0; i < TRIES; i++) {
            long seed = SEED + i;
            try {
                rule.mustHold(new Chance(seed));
            } catch (Exception | Error failure) {
                throw new AssertionError("with -Dproperties.seed=" + seed + ": " + failure, failure);
            }
        }
    }

    public boolean coin() {
        return random.nextBoolean();
    }

    /** From 0 to one less than the end. */
    public int below(int end) {
        return random.nextInt(end);
    }

    /** Ids near the borders of their types, and those that are met every day. */
    public long number() {
        long[] special = {0, 1, 109, 114, 999, 1000, 64055, 65534, 65535, 65536, 1L << 31, (1L << 32) - 2};
        return coin() ? special[below(special.length)] : random.nextInt() & 0xffffffffL;
    }

    public <T> T of(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    @SafeVarargs
    public final <T> T oneOf(T... choices) {
        return choices[below(choices.length)];
    }

    public byte[] bytes(int most) {
        byte[] bytes = new byte[below(most + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Letters, what has a meaning somewhere, and what should not be there. */
    public String text(int most) {
        String alphabet = "abcxyz0123456789 .,:;=-+_/\\\"'#%<>&${}[]()\n\t\r\0é\u2028";
        StringBuilder text = new StringBuilder();
        for (int i = below(most + 1); i > 0; i--) {
            text.append(alphabet.charAt(below(alphabet.length())));
        }
        return text.toString();
    }

    /** A document with a few things wrong, of the kind that slips, crashes and malice make. */
    public String damaged(String text) {
        return new String(damaged(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    public byte[] damaged(byte[] whole) {
        byte[] bytes = whole;
        for (int i = below(4); i >= 0; i--) {
            bytes = damagedOnce(bytes);
        }
        return bytes;
    }

    private byte[] damagedOnce(byte[] bytes) {
        int from = below(bytes.length + 1);
        int to = Math.min(bytes.length, from + below(coin() ? 4 : 200));
        byte[] instead =
                switch (below(5)) {
                    case 0 -> new byte[0];
                    case 1 -> bytes(8);
                    case 2 -> text(8).getBytes(StandardCharsets.UTF_8);
                    case 3 -> Long.toString(number()).getBytes(StandardCharsets.US_ASCII);
                    default -> java.util.Arrays.copyOfRange(bytes, below(from + 1), from);
                };
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        damaged.write(bytes, 0, from);
        damaged.writeBytes(instead);
        damaged.write(bytes, to, bytes.length - to);
        return damaged.toByteArray();
    }
}
