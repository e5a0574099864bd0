package io.idagent.deb;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import java.time.Duration;

/** An old host that gets the package, with settings of its own, and a shell on it that can ask the daemon. */
record InstalledHost(Host host) {

    static final Duration LIMIT = Duration.ofMinutes(2);

    static final String INSTALL =
            "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold"
                    + " --reinstall /packages/libvirt-id-agent_*_all.deb";

    static final String CONFIGURATION = "/etc/libvirt-id-agent/application.properties";

    /** In the base there is no program for HTTP, and bash is one. */
    private static final String GET = """
            get() {
                bash -c 'exec 3<>/dev/tcp/127.0.0.1/64055; printf "GET %s HTTP/1.0\\r\\n\\r\\n" "$0" >&3; cat <&3' \
                    "$1" 2>/dev/null || true
            }
            """;

    /** Its numbers are 109:114. What fails is tried again at once, and not after a quarter of a minute. */
    static InstalledHost old(Lab lab, String... settings) {
        Host host = lab.host("h1").withIds(109, 114).withPackages().boot();
        host.sh("""
                mkdir -p /etc/libvirt-id-agent
                for unit in convert scan; do
                    mkdir -p /etc/systemd/system/libvirt-id-agent-$unit.service.d
                    printf '[Service]\\nRestartSec=1s\\n' >/etc/systemd/system/libvirt-id-agent-$unit.service.d/soon.conf
                done
                printf '%%s\\n' %s >%s
                """.formatted(String.join(" ", settings), CONFIGURATION));
        return new InstalledHost(host);
    }

    InstalledHost install() {
        host.sh(INSTALL);
        return this;
    }

    /** "get DOOR" is at hand in the script, and prints the whole answer. */
    String sh(String script) {
        return host.sh(GET + script);
    }

    /** Waits until the condition, a shell's, holds. */
    void until(String condition) {
        sh("""
                for i in $(seq 400); do if %s; then exit 0; fi; sleep 0.2; done
                journalctl --no-pager -n 50 -u 'libvirt-id-agent*' >&2; get /status >&2; exit 1
                """.formatted(condition));
    }

    void untilConverted() {
        until("[ \"$(id -u libvirt-qemu)\" = 64055 ] && [ \"$(systemctl is-active libvirt-id-agent-convert.service)\""
                + " = inactive ]");
    }
}
