package io.idagent.platform;

/** Strict reading of ids: {@code Long.parseLong} would take "+5", and digits of other scripts. */
final class IdNumber {

    private static final int LONGEST = 10;

    private IdNumber() {}

    static long parse(String text, String what) {
        if (!isDecimal(text)) {
            throw new IllegalArgumentException("'" + text + "' is no " + what + ": it must be a decimal number");
        }
        return Long.parseLong(text);
    }

    /** By hand: a manifest has four numbers a line. */
    private static boolean isDecimal(String text) {
        boolean decimal = !text.isEmpty() && text.length() <= LONGEST;
        for (int i = 0; decimal && i < text.length(); i++) {
            decimal = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return decimal;
    }
}
