package io.idagent.deb;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Running;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An installed host that converts itself, and what may happen while it does: usermod is held until the test lets it go. */
@NeedsLab
class ConverterAtWorkTest {

    private static final String CONVERTER = "libvirt-id-agent-convert.service";

    private InstalledHost installed;
    private Host host;

    @BeforeEach
    void aHostInTheMiddleOfItsConversion(Lab lab) {
        installed = InstalledHost.old(lab, "idagent.interval=1s", "idagent.quiet-period=2s");
        host = installed.host();
        host.beforeEach("/usr/sbin/usermod", "touch /run/usermod-began; until [ -e /run/go-on ]; do sleep 0.1; done");
        installed.install();
        installed.until("[ -e /run/usermod-began ]");
    }

    @Test
    void probesAreAnsweredMeanwhileAndTheDeathOfTheDaemonDoesNotTouchIt() {
        installed.until("get /status | grep -q '\"state\":\"CONVERTING\"'");

        String answers = installed.sh("""
                for i in $(seq 50); do
                    for door in live started ready; do get /q/health/$door | head -n 1 | cut -d' ' -f2; done
                    get /q/metrics | head -n 1 | cut -d' ' -f2
                done | sort | uniq -c | awk '{print $2, $1}'
                """);

        assertEquals("200 150\n503 50", answers, "all but readiness");
        assertTrue(installed.sh("get /q/metrics").contains("state{state=\"CONVERTING\"} 1.0"));
        assertEquals("109:114", host.ids(), "no answer has waited for the conversion");
        String converter = host.sh("systemctl show -P MainPID " + CONVERTER);

        host.sh("systemctl kill --signal=KILL libvirt-id-agent.service");
        installed.until("[ \"$(systemctl is-active libvirt-id-agent.service)\" != active ]");

        assertEquals(converter, host.sh("systemctl show -P MainPID " + CONVERTER));
        goOn();
        installed.untilConverted();
        assertEquals("success", host.sh("systemctl show -P Result " + CONVERTER));
        host.sh("systemctl start libvirt-id-agent.service");
        installed.until("get /q/health/ready | grep -q ' 200 OK'");
    }

    @Test
    void itsOwnDeathLeadsToRecovery() {
        host.sh("systemctl kill --signal=KILL --kill-whom=all " + CONVERTER);
        goOn();

        installed.untilConverted();

        assertAll(
                () -> assertEquals("", host.filesWith(109, 114)),
                () -> assertEquals("+64055:+64055", host.baseLabel()),
                () -> assertTrue(said(CONVERTER).contains("cut off"), said(CONVERTER)));
    }

    @Test
    void aShutdownWaitsForIt() {
        host.sh("systemctl poweroff --no-block");
        installed.until("systemctl is-system-running | grep -q stopping && systemctl list-jobs " + CONVERTER
                + " | grep -q stop");
        goOn();

        host.awaitEnd();
        host.bootAgain();

        String before = host.sh("journalctl --no-pager -o cat -b -1 -u " + CONVERTER);
        assertAll(
                // It was not torn off: libvirt is all that it has left, on purpose.
                () -> assertTrue(before.contains("changed   12 files"), before),
                () -> assertTrue(before.contains("libvirt is left to the next boot"), before),
                () -> assertFalse(before.contains("Failed with result"), before),
                () -> assertEquals("64055:64055", host.ids()),
                () -> assertEquals("+64055:+64055", host.baseLabel()),
                () -> assertEquals("", host.filesWith(109, 114)));
    }

    @Test
    void anUpgradeWaitsForIt() throws InterruptedException {
        Running upgrade = host.start("sh", "-c", InstalledHost.INSTALL + " 2>&1");
        untilItSays(upgrade, "a conversion is under way");
        assertEquals("activating", host.sh("systemctl is-active " + CONVERTER + " || true"));
        assertEquals("", host.sh("systemctl is-active libvirt-id-agent.service | grep -x active || true"));

        goOn();

        upgrade.await(InstalledHost.LIMIT).mustSucceed();
        installed.untilConverted();
        assertAll(
                () -> assertEquals("success", host.sh("systemctl show -P Result " + CONVERTER)),
                () -> assertTrue(said(CONVERTER).contains("Done: "), said(CONVERTER)),
                () -> assertFalse(said(CONVERTER).contains("cut off"), said(CONVERTER)),
                () -> assertEquals("active", host.sh("systemctl is-active libvirt-id-agent.service")),
                () -> assertEquals("", host.filesWith(109, 114)));
    }

    private void goOn() {
        host.sh("touch /run/go-on");
    }

    private String said(String unit) {
        return host.sh("journalctl --no-pager -o cat -u " + unit);
    }

    private static void untilItSays(Running command, String words) throws InterruptedException {
        while (!command.outSoFar().contains(words)) {
            assertTrue(command.isAlive(), command.outSoFar());
            Thread.sleep(100);
        }
    }
}
