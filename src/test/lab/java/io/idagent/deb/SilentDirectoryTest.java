package io.idagent.deb;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.lab.Directory;
import io.idagent.lab.Directory.Client;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An installed host whose directory of users accepts each question and answers none, for a while. */
@NeedsLab
class SilentDirectoryTest {

    private static final String PAUSE_FILE = "/etc/libvirt-id-agent/paused";

    @Test
    void theDaemonGoesOnLookingSaysWhatIsWrongAndConvertsWhenItIsOver(Lab lab) {
        InstalledHost installed = InstalledHost.old(
                lab, "idagent.interval=2s", "idagent.quiet-period=0s", "idagent.timeouts.name-service=1s");
        Host host = installed.host();
        host.sh("touch " + PAUSE_FILE);
        installed.install();
        installed.until("get /status | grep -q '\"PAUSED\"'");
        Directory directory = Directory.start(host, Client.NSLCD, "files %s systemd", List.of("carol:150:150"));
        host.sh("touch /var/lib/libvirt/images/carols; chown 150:0 /var/lib/libvirt/images/carols");

        directory.freezeClient();
        installed.until("get /status | grep -q NAME_SERVICE_FAILING");
        host.sh("rm " + PAUSE_FILE);
        host.run("systemctl", "start", "libvirt-id-agent-scan.service");
        String seen = installed.sh("""
                for i in $(seq 20); do
                    get /q/health/live | head -n 1 | cut -d' ' -f2
                    get /status | grep -oE '"(state|kind)":"(BLOCKED|CONVERTIBLE|NOT_APPLICABLE|NAME_SERVICE_FAILING)"'
                    sleep 0.5
                done | sort | uniq -c | awk '{print $2, $1}'
                """);

        assertAll(
                () -> assertEquals(
                        "\"kind\":\"NAME_SERVICE_FAILING\" 20\n\"state\":\"BLOCKED\" 20\n200 20",
                        seen,
                        "in each answer"),
                () -> assertEquals("109:114", host.ids()),
                () -> assertEquals(
                        "0",
                        host.sh("journalctl --sync; journalctl -q -o cat -u libvirt-id-agent-convert.service"
                                + " | grep -c '^Starting ' || true")));
        directory.thawClient();
        installed.untilConverted();
        assertEquals("150:0", host.owner("/var/lib/libvirt/images/carols"));
    }
}
