package io.idagent.platform;

import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/**
 * Text in which somebody else may have chosen names, made safe to show: of a process, of a guest, of a file in an image, or
 * the answer of another host. Whoever reads it is root at a terminal, and no name moves his cursor or begins a line.
 */
public final class Printable {

    private Printable() {}

    /** One line: control characters, line ends too, and the invisible ones that turn the direction of text, as {@code \xNN}. */
    public static String line(String text) {
        return escaped(text, Printable::isPlain);
    }

    /** Several lines of our own, in which nothing else may stand that a terminal obeys. */
    public static String lines(String text) {
        return escaped(text, letter -> letter == '\n' || isPlain(letter));
    }

    /** A JSON document, in which {@code \xNN} would be no JSON. Such characters stand in its strings alone. */
    public static String json(String document) {
        if (document.codePoints().allMatch(letter -> letter == '\n' || isPlain(letter))) {
            return document;
        }
        StringBuilder text = new StringBuilder(document.length() + 16);
        document.codePoints().forEach(letter -> {
            if (letter == '\n' || isPlain(letter)) {
                text.appendCodePoint(letter);
            } else {
                for (char half : Character.toChars(letter)) {
                    text.append(String.format("\\u%04x", (int) half));
                }
            }
        });
        return text.toString();
    }

    static boolean isPlain(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static String escaped(String text, IntPredicate plain) {
        if (text.codePoints().allMatch(plain)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(letter -> {
            if (plain.test(letter)) {
                escaped.appendCodePoint(letter);
            } else {
                escape(escaped, letter);
            }
        });
        return escaped.toString();
    }

    static void escape(StringBuilder text, int codePoint) {
        for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
            text.append(String.format("\\x%02x", b));
        }
    }
}
