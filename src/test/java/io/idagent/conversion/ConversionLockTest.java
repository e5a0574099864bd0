package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.ExclusiveLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One conversion at a time, and who may look without disturbing it. */
class ConversionLockTest {

    /** {@code struct flock} of x86-64 and arm64. */
    private static final String LOCK = """
            use Fcntl;
            open(my $file, '+<', $ARGV[0]) or die $!;
            fcntl($file, F_SETLK, pack('ssx4qqlx4', $ARGV[1] eq 'w' ? F_WRLCK : F_RDLCK, 0, 0, 0, 0)) or exit 1;
            $| = 1;
            print "held\n";
            <STDIN>;
            """;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void aDirectoryThatIsNotThereYet() {
        file = directory.resolve("run/lock");
    }

    @Test
    void withoutAFileNobodyConverts() throws IOException {
        assertFalse(ConversionLock.isTaken(file));
    }

    /** The daemon looks while it converts itself, where there is no systemd. */
    @Test
    void aLookByTheConvertersOwnProcessSeesTheLockAndLeavesIt() throws Exception {
        try (ExclusiveLock lock = ConversionLock.take(file).orElseThrow()) {
            assertTrue(ConversionLock.isTaken(file));
            assertEquals(1, perl("w").waitFor(), "nobody else gets it");
            assertTrue(ConversionLock.isTaken(file));
        }
        assertFalse(ConversionLock.isTaken(file));
    }

    @Test
    void whatAnotherProcessHoldsIsTakenUntilItLetsGo() throws Exception {
        ConversionLock.take(file).orElseThrow().close();
        Process holder = perl("w");
        try {
            assertEquals("held", holder.inputReader().readLine());
            assertTrue(ConversionLock.isTaken(file));
            assertTrue(ConversionLock.take(file).isEmpty());
        } finally {
            holder.getOutputStream().close();
            holder.waitFor();
        }
        assertFalse(ConversionLock.isTaken(file));
    }

    @Test
    void whoReadsConvertsNothing() throws Exception {
        ConversionLock.take(file).orElseThrow().close();
        Process reader = perl("r");
        try {
            assertEquals("held", reader.inputReader().readLine());
            assertFalse(ConversionLock.isTaken(file));
        } finally {
            reader.getOutputStream().close();
            reader.waitFor();
        }
    }

    @Test
    void theFileIsForRootAlone() throws IOException {
        ConversionLock.take(file).orElseThrow().close();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    private Process perl(String kind) throws IOException {
        return new ProcessBuilder("perl", "-e", LOCK, file.toString(), kind).start();
    }
}
