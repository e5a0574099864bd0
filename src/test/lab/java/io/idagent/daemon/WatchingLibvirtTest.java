package io.idagent.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The daemon, without any right, beside a real libvirtd that sleeps, restarts, and hangs. */
@NeedsLab
class WatchingLibvirtTest {

    /** Each question for the capabilities, as libvirtd itself notes it (remote_protocol.x: procedure 7). */
    private static final String QUESTIONS = "grep -c 'type=0 .*proc=7$' /run/rpc.log || true";

    private Host host;

    @BeforeEach
    void anOldHostThatIsWatched(Lab lab) {
        host = lab.host("h1").withIds(109, 114).boot();
        host.sh("""
                useradd --system libvirt-id-agent
                mkdir -p /etc/libvirt-id-agent /run/libvirt-id-agent/daemon
                chown libvirt-id-agent: /run/libvirt-id-agent/daemon
                printf '%s\\n' idagent.interval=1s idagent.convert=manual idagent.http.details=true \
                    idagent.timeouts.libvirt=8s >/etc/libvirt-id-agent/application.properties
                printf '%s\\n' 'log_filters="1:rpc"' 'log_outputs="1:file:/run/rpc.log"' >>/etc/libvirt/libvirtd.conf
                systemctl restart libvirtd.service
                libvirt-id-agent scan
                """);
    }

    @Test
    void aLibvirtThatSleepsIsNotWokenAndIsHealthy() {
        host.sh("systemctl stop libvirtd.service");
        watch();

        host.sh("sleep 8");

        assertEquals("inactive", host.sh("systemctl is-active libvirtd.service || true"));
        assertEquals("active", host.sh("systemctl is-active libvirtd-ro.socket"));
        assertEquals("CONVERTIBLE", state());
    }

    @Test
    void eachProcessOfLibvirtIsAskedOnce() {
        host.sh("systemctl stop libvirtd.service; rm -f /run/rpc.log; systemctl start libvirtd.service");
        watch();
        untilLabelIsKnown();
        host.sh("sleep 5");
        assertEquals("1", host.sh(QUESTIONS));

        host.sh("usermod -u 64055 libvirt-qemu; groupmod -g 64055 libvirt-qemu; sleep 3");
        assertEquals("RESTART_NEEDED", state());
        host.sh("systemctl stop libvirtd.service; rm -f /run/rpc.log; systemctl start libvirtd.service");
        until("curl_status | grep -q '\"base_label\":{\"uid\":64055'");
        host.sh("sleep 5");
        assertEquals("1", host.sh(QUESTIONS));
    }

    @Test
    void aLibvirtThatHangsDoesNotHoldTheLoop() {
        host.sh("systemctl restart libvirtd.service; kill -STOP $(systemctl show -P MainPID libvirtd.service)");
        watch();
        until("curl_status | grep -q 'did not answer within'");
        assertEquals("0", host.sh("pgrep -fc '[b]ase-label' || true"), "the child is gone");
        assertTrue(status().contains("\"readiness\":\"NOT_READY\""), status());

        host.sh("kill -CONT $(systemctl show -P MainPID libvirtd.service)");
        untilLabelIsKnown();
    }

    @Test
    void aLibvirtOfAUsersSessionIsNotTheHosts() {
        host.sh("""
                systemctl stop libvirtd.service
                setpriv --reuid 65534 --clear-groups setsid bash -c 'exec -a /usr/sbin/libvirtd sleep 1000' \
                    >/dev/null 2>&1 </dev/null &
                """);
        watch();

        host.sh("sleep 6");

        assertEquals("inactive", host.sh("systemctl is-active libvirtd.service || true"));
    }

    private void watch() {
        host.sh("""
                setsid setpriv --reuid libvirt-id-agent --regid libvirt-id-agent --clear-groups \
                    libvirt-id-agent >/run/daemon.log 2>&1 </dev/null &
                """);
        until("curl_status | grep -q '\"state\"'");
    }

    private void untilLabelIsKnown() {
        until("curl_status | grep -q '\"base_label\"'");
    }

    private String state() {
        return status().replaceAll("(?s).*\"state\":\"([A-Z_]+)\".*", "$1");
    }

    private String status() {
        return host.sh(CURL + "curl_status");
    }

    /** In the base there is no program for HTTP, and bash is one. */
    private static final String CURL = """
            curl_status() {
                bash -c 'exec 3<>/dev/tcp/127.0.0.1/64055; printf "GET /status HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3' \
                    2>/dev/null || true
            }
            """;

    private void until(String condition) {
        host.sh(CURL + """
                for i in $(seq 200); do if %s; then exit 0; fi; sleep 0.2; done
                cat /run/daemon.log >&2; curl_status >&2; exit 1
                """.formatted(condition));
    }
}
