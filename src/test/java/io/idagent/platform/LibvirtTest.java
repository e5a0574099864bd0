package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Speaks to the real library: to its built-in test driver, and to sockets. Needs libvirt0. */
class LibvirtTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void domainsAndPoolsAreRead() throws Exception {
        LibvirtReport report = new Libvirt("test:///default", LONG, directory, directory).ask();
        assertEquals(Optional.empty(), report.baseLabel());
        assertEquals("test", report.domains().get(0).name());
        assertTrue(report.domains().get(0).active());
        assertEquals(Optional.empty(), report.domains().get(0).pid());
        assertEquals("/default-pool", report.pools().get(0).target().orElseThrow());
    }

    @Test
    void thePidOfARunningDomainComesFromItsPidFile() throws Exception {
        Files.writeString(directory.resolve("test.pid"), "4711\n");
        LibvirtReport report = new Libvirt("test:///default", LONG, directory, directory).ask();
        assertEquals(Optional.of(4711), report.domains().get(0).pid());
    }

    @Test
    void aDaemonThatIsNotThereIsAnErrorInLibvirtsOwnWords() {
        Libvirt libvirt = new Libvirt("qemu:///system?socket=" + directory.resolve("none"), LONG);
        LibvirtUnavailableException error = assertThrows(LibvirtUnavailableException.class, libvirt::ask);
        assertTrue(error.getMessage().contains("Failed to connect socket"), error.getMessage());
        assertFalse(error.isNotInstalled());
    }

    @Test
    void aDaemonThatDoesNotAnswerIsNotWaitedForAndNotAskedTwice() throws Exception {
        Path socket = directory.resolve("mute");
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(socket));
            Libvirt libvirt = new Libvirt("qemu:///system?socket=" + socket, Duration.ofSeconds(1));
            assertTrue(assertThrows(LibvirtUnavailableException.class, libvirt::ask)
                    .getMessage()
                    .endsWith("did not answer within 1.0 s."));
            assertTrue(assertThrows(LibvirtUnavailableException.class, libvirt::askBaseLabel)
                    .getMessage()
                    .endsWith("has still not answered an earlier question."));
        }
    }
}
