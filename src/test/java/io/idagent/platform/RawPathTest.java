package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawPathTest {

    @Test
    void textIsShownAsItIs() {
        assertEquals(
                "/srv/Maschine für Öl/虚拟 😀", raw("/srv/Maschine für Öl/虚拟 😀").toString());
    }

    @Test
    void bytesThatAreNoUtf8AreShownInHex() {
        byte[] name = {'/', 'a', (byte) 0xff, 'b', (byte) 0xc3, '/', (byte) 0xe2, (byte) 0x82};
        assertEquals("/a\\xffb\\xc3/\\xe2\\x82", RawPath.ofBytes(name).toString());
    }

    @Test
    void noNameCanForgeALineOrTurnTheTextAround() {
        assertEquals("/a\\x0ab\\x1b[31m\\x7f", raw("/a\nb\u001b[31m\u007f").toString());
        assertEquals("/\\xe2\\x80\\xaex\\xe2\\x80\\xa8", raw("/\u202ex\u2028").toString());
        assertEquals("/\\xc2\\x85", raw("/\u0085").toString());
    }

    @Test
    void twoPathsNeverLookTheSame() {
        assertNotEquals(raw("/a\nb").toString(), raw("/a\\x0ab").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/b", "//", "/a/", "/a//b", "/.", "/a/./b", "/a/..", "/../a", "/a\0b"})
    void whatIsNotPlainIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> raw(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/a/b", "/.a", "/...", "/a/..b"})
    void whatIsPlainIsTaken(String text) {
        assertEquals(text, raw(text).toString());
    }

    @Test
    void belowMeansByNames() {
        assertTrue(raw("/a/b").isAtOrBelow(raw("/a")));
        assertTrue(raw("/a").isAtOrBelow(raw("/a")));
        assertTrue(raw("/a").isAtOrBelow(RawPath.ROOT));
        assertFalse(raw("/ab").isAtOrBelow(raw("/a")));
        assertFalse(raw("/").isAtOrBelow(raw("/a")));
    }

    @Test
    void namesAndPathAreTheSame() {
        RawPath path = raw("/a/b c");
        assertEquals(path, RawPath.ofNames(path.names()));
        assertEquals(RawPath.ROOT, RawPath.ofNames(List.of()));
        assertEquals(raw("/a"), RawPath.of(Path.of("/x/../a/.")));
    }

    @Test
    void itsBytesCannotBeChangedFromOutside() {
        RawPath path = raw("/a");
        path.bytes()[1] = 'b';
        assertEquals(raw("/a"), path);
    }

    private static RawPath raw(String text) {
        return RawPath.ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
