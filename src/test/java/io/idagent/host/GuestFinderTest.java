package io.idagent.host;

import static io.idagent.host.ProcessStories.NEW;
import static io.idagent.host.ProcessStories.OLD;
import static io.idagent.host.ProcessStories.process;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.idagent.platform.ProcessesHiddenException;
import io.idagent.platform.RunningProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestFinderTest {

    private static final RunningProcess PROBE = process(7, 109, "114", "qemu-system-arm", "-machine", "none");
    private static final RunningProcess GUEST = process(8, 109, "114", "kvm", "-name", "guest=vm1");

    private Duration waited = Duration.ZERO;

    private ProcessesInTheWay look(GuestFinder.Processes processes, GuestFinder.OpenFiles files, List<Path> roots)
            throws Exception {
        Fact<ProcessesInTheWay> fact = new GuestFinder(processes, files, time -> waited = waited.plus(time))
                .look(WatchedIds.of(List.of(OLD)), WatchedIds.of(List.of(NEW)), List.of(), roots);
        return fact.switchOn(Fact.Known::value, reason -> {
            throw new AssertionError(reason);
        });
    }

    private ProcessesInTheWay look(List<List<RunningProcess>> looks) throws Exception {
        Deque<List<RunningProcess>> coming = new ArrayDeque<>(looks);
        return look(() -> coming.size() > 1 ? coming.pop() : coming.peek(), pid -> Optional.of(List.of()), List.of());
    }

    @Test
    void aProbeThatPassesIsNoGuest() throws Exception {
        assertEquals(
                List.of(),
                look(List.of(List.of(PROBE), List.of(PROBE), List.of())).guests());
        assertEquals(GuestFinder.BETWEEN_LOOKS.multipliedBy(2), waited);
    }

    @Test
    void aProbeThatStaysForTenSecondsIsAGuest() throws Exception {
        assertEquals(1, look(List.of(List.of(PROBE))).guests().size());
        assertEquals(Duration.ofSeconds(10), waited);
    }

    @Test
    void aGuestThatStartsWhileAProbePassesIsSeen() throws Exception {
        assertEquals(
                "vm1",
                look(List.of(List.of(PROBE), List.of(GUEST))).guests().get(0).name());
    }

    @Test
    void nobodyWaitsForAGuest() throws Exception {
        look(List.of(List.of(GUEST)));
        assertEquals(Duration.ZERO, waited);
    }

    @Test
    void hiddenProcessesMakeTheAnswerUnknown() throws Exception {
        GuestFinder finder = new GuestFinder(
                () -> {
                    throw new ProcessesHiddenException("hidden");
                },
                pid -> Optional.empty(),
                time -> {});
        assertFalse(finder.look(WatchedIds.NONE, WatchedIds.NONE, List.of(), List.of())
                .isKnown());
    }

    @Test
    void aToolWithAnImageOpenBelowARootIsReported(@TempDir Path directory) throws Exception {
        Path images = Files.createDirectory(directory.toRealPath().resolve("images"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), images);
        GuestFinder.Processes tool = () -> List.of(process(9, 0, "0", "/usr/bin/qemu-img", "convert"));

        assertEquals(
                List.of(new ImageUser(9, "qemu-img", Optional.of(images + "/a"))),
                look(tool, pid -> Optional.of(List.of("/dev/null", images + "/a")), List.of(link))
                        .imageUsers());
        assertEquals(
                List.of(),
                look(tool, pid -> Optional.of(List.of(images + "2/a")), List.of(images))
                        .imageUsers());
    }

    @Test
    void aToolWhoseOpenFilesCannotBeSeenMayHaveAnImageOpen() throws Exception {
        GuestFinder.Processes tool = () -> List.of(process(9, 5, "5", "qemu-nbd", "a"));
        assertEquals(
                List.of(new ImageUser(9, "qemu-nbd", Optional.empty())),
                look(tool, pid -> Optional.empty(), List.of()).imageUsers());
    }

    /** As when a pool is refreshed. */
    @Test
    void whatLibvirtOpensForAMomentIsNoCopy() throws Exception {
        GuestFinder.Processes libvirt = () -> List.of(process(9, 0, "0", "/usr/sbin/libvirtd"));
        Iterator<List<String>> looks = List.of(List.of("/srv/pool/a", "/srv/pool/b"), List.of("/srv/pool/c"))
                .iterator();

        assertEquals(
                List.of(),
                look(libvirt, pid -> Optional.of(looks.next()), List.of(Path.of("/srv/pool")))
                        .imageUsers());
    }

    @Test
    void libvirtItselfWithAnImageOpenIsCopyingIt() throws Exception {
        GuestFinder.Processes libvirt = () -> List.of(process(9, 0, "0", "/usr/sbin/libvirtd", "--timeout", "120"));
        List<String> own = List.of("socket:[7]", "/run/libvirt/qemu/driver.pid", "/var/log/libvirt/libvirtd.log");
        List<Path> roots = List.of(Path.of("/run/libvirt"), Path.of("/var/log/libvirt"), Path.of("/srv/pool"));

        assertEquals(List.of(), look(libvirt, pid -> Optional.of(own), roots).imageUsers());
        assertEquals(List.of(), look(libvirt, pid -> Optional.empty(), roots).imageUsers(), "only root may look");
        assertEquals(
                List.of(new ImageUser(9, "libvirtd", Optional.of("/srv/pool/new.img"))),
                look(libvirt, pid -> Optional.of(List.of("/srv/pool/new.img")), roots)
                        .imageUsers());
    }
}
