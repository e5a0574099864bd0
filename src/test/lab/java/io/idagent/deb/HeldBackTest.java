package io.idagent.deb;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An installed host that would convert itself, and what keeps it from that: the units, with the real converter. */
@NeedsLab
class HeldBackTest {

    private static final String CONVERTER = "libvirt-id-agent-convert.service";
    private static final String REQUEST = "/run/libvirt-id-agent/daemon/convert-request";
    private static final String PAUSE_FILE = "/etc/libvirt-id-agent/paused";

    @Test
    void whoeverAsksWithWhateverFileWhatIsForbiddenIsNotDone(Lab lab) {
        InstalledHost installed =
                InstalledHost.old(lab, "idagent.convert=manual").install();
        Host host = installed.host();
        host.sh("systemctl stop libvirt-id-agent.service");

        for (String request : List.of("touch", "ln -s /etc/shadow", "mkfifo", "mkdir", "mkdir -p /run/x; touch")) {
            assertHeld(installed, request, "idagent.convert = manual");
        }
        configure(host, "idagent.convert=auto", "idagent.quiet-period=1h");
        host.sh("touch /run/libvirt/qemu");
        assertHeld(installed, "touch", "no guest for less than 3600 s");

        configure(host, "idagent.quiet-period=0s");
        host.sh("echo racks >" + PAUSE_FILE);
        assertHeld(installed, "touch", "paused by /etc/libvirt-id-agent/paused: racks");

        host.sh("rm " + PAUSE_FILE);
        host.beforeEach("/usr/sbin/usermod", "exit 1");
        request(installed, "touch");
        host.nothingBefore("/usr/sbin/usermod");
        assertHeld(installed, "touch", "tried 1 times in vain");

        assertAll(
                () -> assertEquals("9", host.sh(starts()), "each request was answered once"),
                () -> assertEquals("root", host.sh("stat -c %U /etc/shadow")),
                () -> assertEquals("active", host.sh("systemctl is-active libvirt-id-agent-convert.path")));
    }

    /** Nobody of ours makes one with something in it. It goes too, or it would start the converter for ever. */
    @Test
    void aRequestThatCannotBeDeletedStartsNoLoop(Lab lab) {
        InstalledHost installed =
                InstalledHost.old(lab, "idagent.convert=manual").install();
        Host host = installed.host();
        host.sh("systemctl stop libvirt-id-agent.service");

        request(installed, "mkdir -p " + REQUEST + "/full; :");
        host.sh("sleep 3");

        assertAll(
                () -> assertEquals("109:114", host.ids()),
                () -> assertEquals("2", host.sh(starts()), "once in vain"),
                () -> assertEquals("active", host.sh("systemctl is-active libvirt-id-agent-convert.path")));
    }

    /** The scan, which may not edit the account files, sees that it can go, and the converter gives it back. */
    @Test
    void aReservedNumberIsGivenBackWhenTheLastFileHasGone(Lab lab) {
        InstalledHost installed = InstalledHost.old(lab, "idagent.interval=1s", "idagent.quiet-period=0s");
        Host host = installed.host();
        host.sh("touch /srv/export.raw && chown 109 /srv/export.raw");
        installed.install().untilConverted();
        assertEquals("libvirt-qemu-former-109", host.sh("getent passwd 109 | cut -d: -f1"));
        installed.until("get /status | grep -q FORMER_ID_RESERVED");
        String converters = host.sh(starts());
        host.sh("sleep 4");
        assertEquals(converters, host.sh(starts()), "nobody asks for what is needed");

        host.sh("chown 0 /srv/export.raw && systemctl start libvirt-id-agent-scan.service");

        installed.until("! getent passwd 109");
        installed.until("get /status | grep -q '\"NORMALIZED\"'");
        assertFalse(installed.sh("get /status").contains("FORMER_ID_RESERVED"));
    }

    @Test
    void aRollbackUnderTheDaemonStays(Lab lab) {
        InstalledHost installed = InstalledHost.old(lab, "idagent.interval=1s", "idagent.quiet-period=2s")
                .install();
        Host host = installed.host();
        installed.untilConverted();

        host.agent("--rollback").mustSucceed();

        installed.until("get /status | grep -q '\"PAUSED\"'");
        host.sh("sleep 6");
        assertAll(
                () -> assertEquals("109:114", host.ids()),
                () -> assertEquals("+109:+114", host.baseLabel()),
                () -> assertTrue(host.sh("cat " + PAUSE_FILE).contains("rolled back to 109:114")));

        host.sh("rm " + PAUSE_FILE);
        installed.untilConverted();
    }

    @Test
    void whereProcessesAreHiddenFromTheDaemonItAsksForNothing(Lab lab) {
        InstalledHost installed =
                InstalledHost.old(lab, "idagent.interval=1s", "idagent.quiet-period=0s", "idagent.convert=manual");
        Host host = installed.install().host();
        host.sh("mount -o remount,hidepid=2 /proc");
        installed.until("get /status | grep -q '\"CANNOT_SEE\"'");

        configure(host, "idagent.convert=auto", "idagent.interval=1s", "idagent.quiet-period=0s");
        host.sh("systemctl restart libvirt-id-agent.service");
        installed.until("get /status | grep -q '\"CANNOT_SEE\"'");
        host.sh("sleep 4");
        assertEquals("109:114", host.ids());
        assertEquals("0", host.sh(starts()));

        host.sh("mount -o remount,hidepid=0 /proc");
        installed.untilConverted();
    }

    @Test
    void aStateDirectoryThatCannotBeWrittenIsTriedAgainLaterAndNotAtEveryLook(Lab lab) {
        InstalledHost installed =
                InstalledHost.old(lab, "idagent.interval=1s", "idagent.quiet-period=0s", "idagent.convert=manual");
        Host host = installed.install().host();
        host.sh("mount -t tmpfs -o ro,mode=700 none /var/lib/libvirt-id-agent");

        configure(host, "idagent.interval=1s", "idagent.quiet-period=0s");
        host.sh("systemctl restart libvirt-id-agent.service");
        installed.until("get /status | grep -q '\"BACKING_OFF\"'");
        host.sh("sleep 5");

        assertAll(
                () -> assertTrue(host.sh("cat /run/libvirt-id-agent/attempts").contains("Read-only file system")),
                () -> assertEquals("2", host.sh(starts()), "systemd tries it once more, and is told to wait"),
                () -> assertEquals("109:114", host.ids()),
                () -> assertEquals("+109:+114", host.baseLabel()));
        host.sh("umount /var/lib/libvirt-id-agent; rm /run/libvirt-id-agent/attempts");
        installed.untilConverted();
    }

    private static void configure(Host host, String... settings) {
        host.sh("printf '%s\\n' " + String.join(" ", settings) + " >" + InstalledHost.CONFIGURATION);
    }

    private static void assertHeld(InstalledHost installed, String request, String why) {
        String said = request(installed, request);
        assertTrue(said.contains("Nothing was done: ") && said.contains(why), request + ": " + said);
        assertEquals("109:114", installed.host().ids());
    }

    /** @return what the converter says to that */
    private static String request(InstalledHost installed, String make) {
        String cursor = installed.sh("journalctl -n 0 --show-cursor -q | sed -n 's/^-- cursor: //p'");
        installed.sh(make + " " + REQUEST);
        installed.until("[ ! -e " + REQUEST + " ] && [ \"$(systemctl is-active " + CONVERTER + ")\" = inactive ]");
        return installed.sh(
                "journalctl --sync; journalctl --no-pager -q -o cat --after-cursor='" + cursor + "' -u " + CONVERTER);
    }

    private static String starts() {
        return "journalctl --sync; journalctl --no-pager -q -o cat -u " + CONVERTER + " | grep -c '^Starting ' || true";
    }
}
