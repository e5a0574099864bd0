package io.idagent.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How root tells, without having watched, for how long no guest has started or ended. */
class RequestedConversionTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path guestState;

    @Test
    void libvirtsLastChangeToItsGuestsCounts() throws IOException {
        changed(NOW.minusSeconds(42));

        assertEquals(Duration.ofSeconds(42), RequestedConversion.quietFor(guestState, NOW));
    }

    @Test
    void aChangeInTheFutureIsOfAClockThatWasSetBack() throws IOException {
        changed(NOW.plus(Duration.ofDays(400)));

        assertTrue(RequestedConversion.quietFor(guestState, NOW).compareTo(Duration.ofDays(365)) > 0);
    }

    @Test
    void withoutLibvirtThereHasBeenNoGuest() {
        assertTrue(RequestedConversion.quietFor(guestState.resolve("none"), NOW).compareTo(Duration.ofDays(365)) > 0);
    }

    private void changed(Instant at) throws IOException {
        Files.setLastModifiedTime(guestState, FileTime.from(at));
    }
}
