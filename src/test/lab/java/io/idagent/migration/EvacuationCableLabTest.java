package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import io.idagent.lab.Running;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cable between two hosts is cut while a guest moves: nobody tells either side, packets just do not arrive. */
@NeedsLab
class EvacuationCableLabTest {

    private static final String H2 = OldAndNewHost.H2;
    private static final List<String> NAMES = List.of("one", "two");
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String MARK = "/var/lib/libvirt/images/mark";

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
    void cutInTheMiddleLibvirtGivesUpByItselfAndTheGuestGoesOnHere() {
        h2.leaveRunning("sh", "-c", """
                until pkill -STOP -f '[-]incoming defer'; do sleep 0.01; done
                touch MARK
                """.replace("MARK", MARK));
        everyoneStaysWhenCutAt(MARK);

        // What was to arrive there does not run, and the next attempt does.
        h2.sh("pkill -CONT -f '[-]incoming defer' || true");
        h1.sh("ip link set to-h2 up");
        Result again = h1.agent("evacuate", "--to", H2, "--unsafe");
        assertEquals(0, again.exitCode(), again.out() + again.err());
        NAMES.forEach(name -> assertTrue(h2.guest(name).isRunning(), name));
    }

    @Test
    void cutWhileLibvirtConnectsItGivesUpWhenItsSshDoes() {
        h1.sh("printf 'ServerAliveInterval 5\\nServerAliveCountMax 3\\n' >>/root/.ssh/config");
        // Not for our own connection: only for the one that libvirt makes when a migration has begun.
        h2.beforeEach("/usr/bin/virt-ssh-helper", """
                if [ "$(getfacl -pnc /var/lib/libvirt/images/one.qcow2 | grep -c user:64055)" = 1 ] &&
                   [ "$(stat -c %u /var/lib/libvirt/images/one.qcow2)" = 64055 ]; then
                    touch MARK
                    sleep 5
                fi
                """.replace("MARK", MARK));
        everyoneStaysWhenCutAt(MARK);
    }

    private void everyoneStaysWhenCutAt(String mark) {
        Running evacuation = h1.start("libvirt-id-agent", "evacuate", "--to", H2, "--unsafe");
        h1.sh("for i in $(seq 1200); do [ ! -e MARK ] || exit 0; sleep 0.05; done; exit 1".replace("MARK", mark));
        h1.sh("ip link set to-h2 down");

        Result failed = evacuation.await(PATIENCE);

        assertEquals(8, failed.exitCode(), failed.out() + failed.err());
        assertTrue(failed.out().contains("0 of 2 guests moved"), failed.out());
        h1.sh("rm " + mark);
        NAMES.forEach(name -> assertTrue(h1.guest(name).isRunning(), name));
        hosts.nothingIsOut();
        assertEquals(before, hosts.lists());
    }
}
