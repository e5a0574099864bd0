package io.idagent.soak;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import java.time.Duration;

/** A hypervisor with the package, its daemon running, converted and taken back again and again by commands. */
final class OneHost {

    private static final String INSTALL = """
            mkdir -p /etc/libvirt-id-agent
            printf '%s\\n' idagent.convert=manual idagent.interval=1s >/etc/libvirt-id-agent/application.properties
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
                -o Dpkg::Options::=--force-confold /packages/libvirt-id-agent_*_all.deb
            cd /var/lib/libvirt/images
            for d in $(seq 0 1000 $((FILES - 1000))); do mkdir $d && (cd $d && seq 1000 | xargs touch); done
            chown -R 109:114 .
            until systemctl --quiet is-active libvirt-id-agent.service; do sleep 0.1; done
            """;

    /** Prints the milliseconds that each way took. */
    private static final String ROUNDS = """
            owners() { find /var/lib/libvirt /var/cache/libvirt -printf '%U:%G %y %m %p\\n' | sort >/run/$1; }
            must_be() { diff /run/$1 /run/now >&2 || { echo "round $round: not as $1" >&2; exit 1; }; }
            way() {
                begun=$(date +%s%3N)
                libvirt-id-agent $1 >/run/said 2>&1 || { code=$?; cat /run/said >&2; exit $code; }
                echo $(($(date +%s%3N) - begun))
                owners now
            }
            [ -e /run/old ] || owners old
            for round in $(seq "$1"); do
                way --convert-now
                [ -e /run/new ] || owners new
                must_be new
                way --rollback
                must_be old
            done
            """;

    /** All names on the host but the journals, and systemd's own. */
    private static final String NAMES = """
            find / /run /tmp -xdev \\( -path /var/lib/libvirt-id-agent/conversions -o -path /var/log/journal -o -path /run/log \
                -o -path /run/systemd -o -path /run/udev -o -path /var/cache/libvirt/qemu/capabilities -o -path /root/.cache \
                -o -path /var/lib/systemd -o -path /run/said -o -path /run/old -o -path /run/new -o -path /run/now \\) -prune -o -print | LC_ALL=C sort -u""";

    private static final String SIZE = """
            pid=$(systemctl show -P MainPID libvirt-id-agent.service)
            awk '/^VmRSS/ {print $2}' /proc/$pid/status
            ls /proc/$pid/task | wc -l
            ls /proc/$pid/fd | wc -l
            ls /var/lib/libvirt-id-agent/conversions | wc -l
            du -sk /var/lib/libvirt-id-agent | cut -f 1
            """;

    private static final Duration LIMIT = Duration.ofHours(1);

    private final Host host;
    private int rounds;
    private long millis;

    OneHost(Lab lab, int files) {
        host = lab.host("h1").withIds(109, 114).withPackages().boot();
        host.sh(INSTALL.replace("FILES", Integer.toString(files)));
        host.baseLabel(); // libvirt fills its cache
        go(2); // makes what stays: the pause file, folders, a first scan
    }

    void go(int times) {
        long[] took = host.start("sh", "-ec", ROUNDS, "rounds", Integer.toString(times))
                .await(LIMIT)
                .mustSucceed()
                .out()
                .lines()
                .mapToLong(Long::parseLong)
                .sorted()
                .toArray();
        millis = took[took.length / 2];
        rounds += times;
    }

    String names() {
        return host.sh(NAMES);
    }

    /** @param millis that a conversion or a rollback took in the last rounds, the median; memory in KiB */
    record Size(int rounds, long memory, int threads, int descriptors, int journals, int stateKib, long millis) {}

    Size size() {
        String[] of = host.sh(SIZE).split("\n");
        return new Size(
                rounds,
                Long.parseLong(of[0]),
                Integer.parseInt(of[1]),
                Integer.parseInt(of[2]),
                Integer.parseInt(of[3]),
                Integer.parseInt(of[4]),
                millis);
    }
}
