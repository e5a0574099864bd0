package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Guest;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host whose guests cannot leave, as its numbers are wrong, and whose numbers cannot be changed, as it has guests. */
@NeedsLab
class EvacuationLabTest {

    private static final String H2 = OldAndNewHost.H2;
    private static final List<String> NAMES = List.of("one", "two", "three");

    /** As Ctrl-C on a terminal does, once the file is there. */
    private static final String INTERRUPT = """
            import os, signal, subprocess, sys, time
            process = subprocess.Popen(sys.argv[2:], start_new_session=True,
                                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
            while not os.path.exists(sys.argv[1]) and process.poll() is None: time.sleep(0.02)
            os.killpg(process.pid, signal.SIGINT)
            code = process.wait()
            sys.exit(code if code >= 0 else 128 - code)
            """;

    private OldAndNewHost hosts;
    private Host h1;
    private Host h2;
    private String before;

    @BeforeEach
    void boot(Lab lab) {
        hosts = OldAndNewHost.boot(lab, NAMES);
        h1 = hosts.h1();
        h2 = hosts.h2();
        before = hosts.lists();
    }

    @Test
    void allGuestsLeaveTheHostIsConvertedAndTheyComeHome() {
        assertFalse(h1.migrate(h1.guest("one"), h2).succeeded(), "without help no guest can leave");
        h1.sh("chown 109:114 /var/lib/libvirt/images/*");
        // The state of a guest's memory: it goes on where it was, and was not started anew.
        h1.agent("evacuate", "--to", H2, "--unsafe", "--dry-run").mustSucceed();
        assertEquals("109:114", h1.ids());

        Result evacuated = h1.agent("evacuate", "--to", H2, "--unsafe", "--convert");

        assertEquals(0, evacuated.exitCode(), evacuated.out() + evacuated.err());
        assertEquals("64055:64055", h1.ids());
        assertEquals("+64055:+64055", h1.baseLabel());
        areAllOn(h2, h1);

        Result home = h1.agent("evacuate", "--back-from", H2, "--unsafe", "--parallel", "3");

        assertEquals(0, home.exitCode(), home.out() + home.err());
        areAllOn(h1, h2);
    }

    @Test
    void killedInTheMiddleAndRunAgainItEndsTheSame() {
        // While access is given; before the first guest moves, when the image is the other side's; when it has arrived
        // and
        // the second one is about to move; while access is taken back.
        assertEquals(
                137,
                h1.agentKilledAt("setxattr", 2, "evacuate", "--to", H2, "--unsafe")
                        .exitCode());
        assertEquals(
                137,
                h1.agentKilledAt("fchownat", 1, "evacuate", "--to", H2, "--unsafe")
                        .exitCode());
        assertEquals(
                137,
                h1.agentKilledAt("fchownat", 3, "evacuate", "--to", H2, "--unsafe")
                        .exitCode());
        assertTrue(h1.agent("status").out().contains("open to other hosts' numbers"));
        assertEquals(
                137,
                h1.agentKilledAt("unlink", 2, "evacuate", "--to", H2, "--unsafe")
                        .exitCode());

        Result last = h1.agent("evacuate", "--to", H2, "--unsafe", "--convert");

        assertEquals(0, last.exitCode(), last.out() + last.err());
        assertEquals("64055:64055", h1.ids());
        areAllOn(h2, h1);
    }

    @Test
    void aGuestThatCannotMoveStaysAsItWas() {
        // The other side's qemu dies when a guest is to arrive, after libvirt there has taken the image.
        h2.leaveRunning("sh", "-c", "while sleep 0.02; do pkill -9 -f '[-]incoming defer'; done");

        Result failed = h1.agent("evacuate", "--to", H2, "--unsafe", "--convert");

        assertEquals(8, failed.exitCode(), failed.out() + failed.err());
        assertEquals("109:114", h1.ids());
        assertEquals(before, hosts.lists());
        NAMES.forEach(name -> {
            assertTrue(h1.guest(name).isRunning(), name);
            assertEquals("109:114", h1.guest(name).ids());
        });
        hosts.nothingIsOut();

        Result unreachable = h1.agent("evacuate", "--to", "qemu+ssh://nowhere/system");
        assertEquals(5, unreachable.exitCode(), unreachable.out());
        assertEquals(before, hosts.lists());

        Result saved = h1.agent("evacuate", "--to", H2, "--unsafe", "--suspend-others", "--convert");

        assertEquals(0, saved.exitCode(), saved.out() + saved.err());
        assertEquals("64055:64055", h1.ids());
        h1.guest("one").start();
        assertEquals("64055:64055", h1.guest("one").ids(), "it goes on from where it was saved");
    }

    @Test
    void ctrlCLeavesEachGuestOnOneHostAndNothingOpen() {
        String mark = "/var/lib/libvirt/images/arriving";
        h2.leaveRunning("sh", "-c", "until pgrep -f '[-]incoming defer'; do sleep 0.01; done; touch " + mark);

        Result stopped =
                h1.run("python3", "-c", INTERRUPT, mark, "libvirt-id-agent", "evacuate", "--to", H2, "--unsafe");

        assertEquals(8, stopped.exitCode(), stopped.out() + stopped.err());
        assertTrue(stopped.out().contains("then stopped"), stopped.out());
        h1.sh("rm " + mark);
        hosts.nothingIsOut();
        assertEquals(withoutOwners(before), withoutOwners(hosts.lists()));
        for (String name : NAMES) {
            boolean here = h1.guest(name).isRunning();
            assertEquals(here, !h2.guest(name).isRunning(), name);
            assertEquals(
                    here ? "109:114" : "64055:64055", h1.owner(h1.guest(name).image()), name);
        }
        assertTrue(h1.guest("two").isRunning(), "the last one's turn had not come");
    }

    private void areAllOn(Host there, Host notHere) {
        for (String name : NAMES) {
            Guest guest = there.guest(name);
            assertTrue(guest.isRunning(), name);
            assertEquals("64055:64055", guest.ids());
            assertEquals("64055:64055", there.owner(guest.image()));
            assertFalse(notHere.run("virsh", "domstate", name).succeeded(), name + " is known to both");
        }
        assertEquals(withoutOwners(before), withoutOwners(hosts.lists()), "no list and no mode is left changed");
        hosts.nothingIsOut();
    }

    private static String withoutOwners(String lists) {
        return String.join(
                "\n",
                Stream.of(lists.split("\n"))
                        .map(line -> line.replaceFirst(" \\d+:\\d+$", ""))
                        .toList());
    }
}
