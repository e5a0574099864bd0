package io.idagent.platform;

/** Strict reading of ids: {@code Long.parseLong} would take "+5", and digits of other scripts. */
final class IdNumber {

    private IdNumber() {}

    static long parse(String text, String what) {
        if (!text.matches("[0-9]{1,10}")) {
            throw new IllegalArgumentException("'" + text + "' is no " + what + ": it must be a decimal number");
        }
        return Long.parseLong(text);
    }
}
