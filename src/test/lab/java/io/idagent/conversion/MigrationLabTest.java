package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Guest;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import org.junit.jupiter.api.Test;

/** What it is all for. */
@NeedsLab
class MigrationLabTest {

    @Test
    void guestsMoveInBothDirectionsOnceTheOldHostIsConverted(Lab lab) {
        Host h1 = lab.host("h1").withImagesLikeNfs().boot();
        Host h2 = lab.host("h2").withIds(109, 114).withImagesLikeNfs().boot();
        Guest guest = h1.guest("tiny").start();
        Result tooEarly = h1.migrate(guest, h2);
        assertFalse(tooEarly.succeeded());
        assertTrue(tooEarly.err().contains("Permission denied"), tooEarly.err());

        h2.agent("--convert-now").mustSucceed();

        h1.migrate(guest, h2).mustSucceed();
        Guest moved = h2.guest("tiny");
        assertTrue(moved.isRunning());
        assertEquals("64055:64055", moved.ids());
        h2.migrate(moved, h1).mustSucceed();
        assertTrue(guest.isRunning());
        assertEquals("64055:64055", h1.owner(guest.image()));
    }
}
