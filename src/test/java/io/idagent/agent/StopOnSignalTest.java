package io.idagent.agent;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.idagent.settings.SettingsReader;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the signals themselves do is seen on a hypervisor. */
class StopOnSignalTest {

    /** The daemon converts in its own process where there is no systemd, and lives for years. */
    @Test
    void aConversionThatHasEndedIsHeldByNothing(@TempDir Path root) throws Exception {
        WeakReference<StopOnSignal> ended = convertAndEnd(root);
        for (int i = 0; i < 50 && ended.get() != null; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertNull(ended.get());
    }

    private static WeakReference<StopOnSignal> convertAndEnd(Path root) throws Exception {
        Wiring wiring = new Wiring(SettingsReader.read(Path.of("/nonexistent"), false), Optional.of(root), false);
        try (StopOnSignal signals = new StopOnSignal()) {
            signals.during(wiring.conversionTools().runner());
            return new WeakReference<>(signals);
        }
    }
}
