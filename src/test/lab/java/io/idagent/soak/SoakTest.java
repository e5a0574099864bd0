package io.idagent.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing adds up from one conversion to the next; deploy/bench/soak does it a thousand times. Needs root. */
@Tag("root")
class SoakTest {

    private static final int FILES = 1000;

    @Test
    void aProcessThatConvertsAgainAndAgainHasNothingMoreThanBefore(@TempDir Path root) throws IOException {
        assertEquals(List.of(), Soak.byOneProcess(root, 10, FILES));
    }

    @Test
    void norHasTheDaemonNorTheHost() {
        assertEquals(List.of(), Soak.onOneHost(3, FILES));
    }
}
