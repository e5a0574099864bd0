package io.idagent.ownership;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.LibC;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** When a walk takes more threads. */
class PaceTest {

    private static final int OPERATIONS = 40;

    private final AtomicBoolean slow = new AtomicBoolean();
    private final Pace pace = new Pace(LibC.load()::waits, () -> slow.set(true));

    @Test
    void aFileSystemThatLetsTheThreadWaitIsSlow() throws Exception {
        pace.start();
        for (int i = 0; i < OPERATIONS; i++) {
            Thread.sleep(1);
            pace.tick();
        }
        assertTrue(slow.get());
    }

    @Test
    void itIsSlowEvenIfEachFileIsToBeRecorded() throws Exception {
        pace.start();
        for (int i = 0; i < OPERATIONS; i++) {
            Thread.sleep(1);
            pace.tick();
            pace.pause();
            pace.start();
        }
        assertTrue(slow.get());
    }

    @Test
    void whatIsNoQuestionToTheFileSystemDoesNotMakeItSlow() throws Exception {
        pace.start();
        for (int i = 0; i < OPERATIONS; i++) {
            pace.tick();
            pace.pause();
            Thread.sleep(1);
            pace.start();
        }
        assertFalse(slow.get());
    }

    @Test
    void aThreadThatIsShortOfProcessorTimeIsNotWaitingForTheFileSystem() {
        pace.start();
        for (int i = 0; i < OPERATIONS; i++) {
            long end = System.nanoTime() + 1_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            pace.tick();
        }
        assertFalse(slow.get());
    }
}
