package io.idagent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "90, PT90S",
        "250ms, PT0.25S",
        "30s, PT30S",
        "30m, PT30M",
        "2h, PT2H",
        "1d, P1D",
        "' 5 m ', PT5M"
    })
    void durationsAreReadAsPeopleWriteThem(String text, Duration expected) {
        assertEquals(expected, DurationText.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "-1s", "1.5h", "1w", "5 minutes", "PT5M", "1h30m", "9999999999s"})
    void anythingElseIsRefusedWithAnExample(String text) {
        String refused = assertThrows(IllegalArgumentException.class, () -> DurationText.parse(text))
                .getMessage();
        assertTrue(refused.contains("'" + text + "'"), refused);
        assertTrue(refused.contains("30m"), refused);
    }

    @ParameterizedTest
    @ValueSource(strings = {"366d", "999999999d", "999999999m"})
    void moreThanAYearIsASlipOfThePen(String text) {
        assertThrows(IllegalArgumentException.class, () -> DurationText.parse(text));
    }
}
