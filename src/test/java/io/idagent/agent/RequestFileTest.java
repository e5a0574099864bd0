package io.idagent.agent;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory belongs to the daemon's user, who may have fallen into wrong hands. */
class RequestFileTest {

    @TempDir
    Path run;

    private Path file;
    private RequestFile request;

    @BeforeEach
    void theDaemonsDirectory() throws IOException {
        file = Files.createDirectory(run.resolve("daemon")).resolve("convert-request");
        request = new RequestFile(run);
    }

    @Test
    void aRequestIsMadeOnceAndDeleted() throws IOException {
        request.make();
        request.make();
        assertTrue(Files.isRegularFile(file));

        request.delete();
        request.delete();
        assertFalse(Files.exists(file));
    }

    @Test
    void aLinkIsDeletedAndNotWhatItPointsTo() throws IOException {
        Path target = Files.writeString(run.resolve("shadow"), "root");
        Files.createSymbolicLink(file, target);

        request.delete();

        assertFalse(Files.exists(file, LinkOption.NOFOLLOW_LINKS));
        assertEquals("root", Files.readString(target));
    }

    @Test
    void theDaemonDoesNotWriteThroughALinkEither() throws IOException {
        Files.createSymbolicLink(file, run.resolve("elsewhere"));

        request.make();

        assertFalse(Files.exists(run.resolve("elsewhere")));
    }

    @Test
    void aFifoHoldsNobody() throws Exception {
        assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            request.make();
            request.delete();
        });
        assertFalse(Files.exists(file));
    }

    @Test
    void anEmptyDirectoryGoesAndOneWithContentIsRefusedUntouched() throws IOException {
        Files.createDirectory(file);
        request.delete();
        assertFalse(Files.exists(file));

        Files.createDirectories(file.resolve("full"));
        assertThrows(IOException.class, request::delete);
        assertTrue(Files.exists(file.resolve("full")));
        assertDoesNotThrow(request::make);
    }
}
