package io.idagent.race;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A few seconds of each race; deploy/bench/races has as many as wanted. */
@NeedsLab
class RacesTest {

    @Test
    void whoeverRacesWithAConversionNothingOutsideChangesAndNoGuestLosesItsNumber(Lab lab) throws IOException {
        List<Races.Heat> heats = new ArrayList<>();
        Races.run(lab, Duration.ofSeconds(5), heats::add);
        assertEquals(5, heats.size());
    }
}
