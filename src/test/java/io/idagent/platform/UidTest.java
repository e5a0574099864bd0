package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UidTest {

    @Test
    void aUidIsUnsigned() {
        assertEquals("4294967294", Uid.ofBits(-2).toString());
        assertEquals(-2, Uid.parse("4294967294").bits());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+5", "4294967295", "99999999999", "1e3", "٣", " 1", "0x10"})
    void whatIsNoUidIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Uid.parse(text));
    }
}
