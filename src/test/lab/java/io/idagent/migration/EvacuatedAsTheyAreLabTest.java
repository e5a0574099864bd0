package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is special about a guest stays so while it is away, and when it is home again. */
@NeedsLab
class EvacuatedAsTheyAreLabTest {

    private static final String H2 = "qemu+ssh://h2/system";
    private static final String IMAGES = "/var/lib/libvirt/images/";

    /** As after usermod and groupmod, which refuse while a process runs under the number, and a restart of libvirt. */
    private static final String NEW_NUMBERS = """
            sed -i 's/^\\(libvirt-qemu:x\\):109:/\\1:64055:/' /etc/passwd
            sed -i 's/^\\(libvirt-qemu:x\\):114:/\\1:64055:/' /etc/group
            systemctl restart libvirtd
            """;

    private Host h1;
    private Host h2;

    @BeforeEach
    void boot(Lab lab) {
        h1 = lab.host("h1").withIds(109, 114).withSharedImages().boot();
        h2 = lab.host("h2").withSharedImages().boot();
        h1.guest("one").define();
        h1.sh("truncate -s 1M CD; virsh attach-disk one CD hdc --type cdrom --mode readonly --config"
                .replace("CD", IMAGES + "one.iso"));
        h1.guest("one").start();
        h1.sh("virsh autostart one");
        // Gone when it stops: libvirt keeps no definition of it.
        h1.guest("passing").define();
        h1.sh("virsh dumpxml passing >/root/passing.xml; virsh undefine passing; virsh create /root/passing.xml");
        h1.sh("chmod 600 " + IMAGES + "*");
    }

    @Test
    void guestsThatStillRunUnderTheOldNumberMoveAndStayWhatTheyAre() {
        h1.sh(NEW_NUMBERS);
        assertEquals("+64055:+64055", h1.baseLabel());
        assertEquals("109:114", h1.guest("one").ids());

        Result away = h1.agent("evacuate", "--to", H2, "--unsafe");

        assertEquals(0, away.exitCode(), away.out() + away.err());
        areAsTheyWere(h2);

        Result home = h1.agent("evacuate", "--back-from", H2, "--unsafe");

        assertEquals(0, home.exitCode(), home.out() + home.err());
        areAsTheyWere(h1);
        Result none = h1.agent("evacuate", "--back-from", H2, "--unsafe");
        assertTrue(none.out().contains("0 of 0 guests moved"), none.out());
    }

    @Test
    void whatMayBeStartedTwiceOrEndByMovingStays() {
        h1.sh("virsh suspend one");
        h2.sh("cp /bin/sleep /usr/local/bin/pacemakerd");
        h2.leaveRunning("/usr/local/bin/pacemakerd", "600");

        Result none = h1.agent("evacuate", "--to", H2, "--unsafe");

        assertEquals(8, none.exitCode(), none.out() + none.err());
        assertTrue(none.out().contains("pacemakerd runs on h2"), none.out());
        assertTrue(h1.guest("passing").isRunning());

        Result managed = h1.agent("evacuate", "--to", H2, "--unsafe", "--although-managed", "--suspend-others");

        assertEquals(8, managed.exitCode(), managed.out() + managed.err());
        assertTrue(managed.out().contains("stays: it is paused"), managed.out());
        assertEquals("paused", h1.sh("virsh domstate one"));
        assertTrue(h2.guest("passing").isRunning());
        assertEquals("0 images\n", h1.agent("share", "list").out());
    }

    private static void areAsTheyWere(Host host) {
        for (String name : List.of("one", "passing")) {
            assertTrue(host.guest(name).isRunning(), name);
            assertEquals("64055:64055", host.guest(name).ids());
            assertEquals("64055:64055", host.owner(host.guest(name).image()));
        }
        assertEquals("64055:64055", host.owner(IMAGES + "one.iso"));
        assertEquals(
                "enable yes",
                host.sh("virsh dominfo one | awk '/^(Autostart|Persistent):/ {print $2}' | xargs | "
                        + "awk '{print $2, $1}'"));
        assertEquals("no", host.sh("virsh dominfo passing | awk '/^Persistent:/ {print $2}'"));
    }
}
