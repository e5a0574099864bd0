package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No name that somebody else has chosen moves root's cursor, or begins a line. */
class PrintableTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
                    27, \\x1b
                    10, \\x0a
                    13, \\x0d
                    127, \\x7f
                    155, \\xc2\\x9b
                    8238, \\xe2\\x80\\xae
                    8232, \\xe2\\x80\\xa8
                    917505, \\xf3\\xa0\\x80\\x81
                    """)
    void whatATerminalObeysIsWrittenOut(int letter, String shown) {
        assertEquals("a" + shown + "[2Jb", Printable.line("a" + Character.toString(letter) + "[2Jb"));
    }

    @Test
    void lettersOfAllLanguagesStay() {
        for (String name : new String[] {"vm-1 (old)", "M\u00fcller", "\u4eee\u60f3", "\ud83d\udc27", "a\\b", ""}) {
            assertEquals(name, Printable.line(name));
            assertEquals(name, Printable.lines(name));
            assertEquals(name, Printable.json(name));
        }
    }

    @Test
    void ourOwnLinesStayLines() {
        assertEquals("a\n  b\\x1b\n", Printable.lines("a\n  b\u001b\n"));
    }

    @Test
    void jsonStaysJson() throws Exception {
        String name = "a\u009b2J\u202e\udb40\udc01\n\u001b\ud83d\udc27";
        String document = Printable.json(Json.mapper().writeValueAsString(name));
        assertEquals(document, Printable.lines(document));
        assertEquals(name, Json.mapper().readValue(document, String.class));
    }
}
