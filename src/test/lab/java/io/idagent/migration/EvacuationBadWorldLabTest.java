package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Change;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import io.idagent.lab.Running;
import io.idagent.platform.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever becomes of the other side, of a guest or of its images meanwhile: no guest is lost, and nothing stays open. */
@NeedsLab
class EvacuationBadWorldLabTest {

    private static final String H2 = OldAndNewHost.H2;
    private static final String IMAGES = OldAndNewHost.IMAGES;
    private static final List<String> NAMES = List.of("one", "two");
    private static final String FROZEN = IMAGES + "frozen";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Stops the first guest to arrive once its memory flows (port 49152), and it stays on its way for as long as wanted. */
    private static final String FREEZE = """
            until grep -q ':C000 [0-9A-F:]* 01 ' /proc/net/tcp /proc/net/tcp6; do sleep 0.01; done
            pkill -STOP -f '[-]incoming defer'
            touch FROZEN""".replace("FROZEN", FROZEN);

    private OldAndNewHost hosts;
    private Host h1;
    private Host h2;
    private String before;

    @BeforeEach
    void boot(Lab lab) {
        hosts = OldAndNewHost.boot(lab, NAMES);
        h1 = hosts.h1();
        h2 = hosts.h2();
        for (String name : NAMES) {
            h1.sh("virsh migrate-setspeed " + name + " 1"); // MiB/s: slow enough to be stopped on its way
        }
        before = hosts.lists();
    }

    @Test
    void whenTheOtherSideDiesEachGuestStaysAndWhenItIsBackTheyLeave() {
        Running evacuation = evacuateUntilOneIsFrozen();

        h2.crash();

        Result failed = evacuation.await(LIMIT);
        h1.sh("rm " + FROZEN);
        assertEquals(8, failed.exitCode(), failed.out() + failed.err());
        assertTrue(failed.out().contains("0 of 2 guests moved"), failed.out() + failed.err());
        assertEquals(before, hosts.lists());
        hosts.nothingIsOut();
        for (String name : NAMES) {
            assertTrue(failed.out().contains(name + "  "), failed.out());
            assertTrue(h1.guest(name).isRunning(), name);
        }

        h2.bootAgain();
        Result moved = h1.agent("evacuate", "--to", H2, "--unsafe");

        assertEquals(0, moved.exitCode(), moved.out() + moved.err());
        assertTrue(h2.guest("one").isRunning());
        assertTrue(h2.guest("two").isRunning());
        hosts.nothingIsOut();
    }

    @Test
    void aGuestThatIsDestroyedOnItsWayIsReportedAndTheOthersGo() {
        // A guest that sits in its BIOS does not hear that it is to shut down.
        h1.guest("deaf").start();
        h2.guest("deaf").define();
        Running evacuation = evacuateUntilOneIsFrozen("--shutdown-others", "--shutdown-wait", "1s");

        h1.sh("virsh destroy one");
        h2.sh("pkill -CONT -f '[-]incoming defer'");

        Result result = evacuation.await(LIMIT);
        assertEquals(8, result.exitCode(), result.out() + result.err());
        assertTrue(result.out().contains("it was shut down while it moved"), result.out());
        assertTrue(result.out().contains("1 of 3 guests moved"), result.out());
        assertFalse(h1.guest("one").isRunning());
        assertFalse(h2.run("virsh", "domstate", "one").succeeded());
        assertTrue(h2.guest("two").isRunning());
        assertTrue(h1.guest("deaf").isRunning(), result.out());
        hosts.nothingIsOut();
    }

    @Test
    void whereTheOtherSideIsNotReachedNothingIsTouched() throws IOException {
        h1.agent("evacuate", "--to", H2, "--unsafe", "--dry-run").mustSucceed(); // libvirt fills its cache
        String snapshot = h1.snapshot();
        Result tried = h1.agent("evacuate", "--to", H2, "--unsafe", "--dry-run", "--output", "json");
        assertEquals(0, tried.exitCode(), tried.out() + tried.err());
        assertEquals(0, Json.mapper().readTree(tried.out()).path("exit_code").asInt(-1));
        assertEquals("{", tried.out().substring(0, 1));
        assertEquals(
                "}",
                tried.out()
                        .stripTrailing()
                        .substring(tried.out().stripTrailing().length() - 1));

        h2.sh("systemctl stop libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket");
        Result down = h1.agent("evacuate", "--to", H2, "--unsafe");
        h2.sh("systemctl start libvirtd.socket; mv /root/.ssh/authorized_keys /root/.ssh/away");
        Result closed = h1.agent("evacuate", "--to", H2, "--unsafe");

        for (Result refused : List.of(down, closed)) {
            assertEquals(5, refused.exitCode(), refused.out() + refused.err());
            assertTrue(refused.out().contains("Nothing was done: the other side was not reached"), refused.out());
        }
        assertTrue(closed.out().contains("Permission denied"), closed.out());
        assertEquals(before, hosts.lists());
        assertEquals("", Change.between(snapshot, h1.snapshot()));
    }

    @Test
    void thirtyDisksUponAnImageThatAnotherGuestUsesTooMoveWithTheirGuest() {
        h1.guest("many").define();
        h1.sh("""
                cd IMAGES; qemu-img create -q -f qcow2 base 1M
                for n in 0 1 2; do for letter in a b c d e f g h i j; do
                    letters=$(echo $n | tr 012 abc)$letter
                    qemu-img create -q -f qcow2 -b IMAGESbase -F qcow2 $letters
                    virsh -q attach-disk many IMAGES$letters sd$letters --targetbus scsi --subdriver qcow2 --config
                done; done
                qemu-img create -q -f qcow2 -b IMAGESbase -F qcow2 leaf
                virsh -q destroy one; virsh -q attach-disk one IMAGESleaf vdb --subdriver qcow2 --config
                virsh -q start one; virsh -q start many; chmod 600 *""".replace("IMAGES", IMAGES));
        before = hosts.lists();

        Result first = h1.agent("evacuate", "--to", H2, "--unsafe", "many");

        assertEquals(0, first.exitCode(), first.out() + first.err());
        assertTrue(h2.guest("many").isRunning());
        assertTrue(h1.agent("share", "list").out().contains("1 image\n"), "both of them read the one below");
        assertTrue(h1.guest("one").isRunning());

        Result others = h1.agent("evacuate", "--to", H2, "--unsafe", "--parallel", "2");

        assertEquals(0, others.exitCode(), others.out() + others.err());
        assertTrue(h2.guest("one").isRunning());
        hosts.nothingIsOut();
        assertEquals(before.replace("109:114", "64055:64055"), hosts.lists());
    }

    private Running evacuateUntilOneIsFrozen(String... options) {
        h2.leaveRunning("sh", "-c", FREEZE);
        List<String> words = new ArrayList<>(List.of("libvirt-id-agent", "evacuate", "--to", H2, "--unsafe"));
        words.addAll(List.of(options));
        Running evacuation = h1.start(words.toArray(String[]::new));
        h1.sh("until [ -e " + FROZEN + " ]; do sleep 0.05; done");
        return evacuation;
    }
}
