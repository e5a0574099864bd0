package io.idagent.deb;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import io.idagent.lab.Running;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The Debian package, from its installation to its purge, on a host with systemd and libvirt. */
@NeedsLab
class PackageLabTest {

    private static final String INSTALL =
            "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold"
                    + " --reinstall /packages/libvirt-id-agent_*_all.deb";
    private static final String CONFIGURATION = "/etc/libvirt-id-agent/application.properties";
    private static final String LOCK = "/run/libvirt-id-agent/lock";

    /** As the converter does, which is Java: a lock of fcntl(2), which flock(1) would not see. */
    private static final String HOLD_LOCK = "import fcntl,time; f=open('" + LOCK
            + "','w'); fcntl.lockf(f, fcntl.LOCK_EX);" + " print('held', flush=True); time.sleep(%d)";

    @Test
    void theInstallationSaysInOneLineWhatWillHappenAndHowToHoldItBack(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).withPackages().boot();

        List<String> said = host.sh(INSTALL + " 2>&1")
                .lines()
                .filter(line -> line.startsWith("libvirt-id-agent: "))
                .toList();

        assertEquals(1, said.size(), said.toString());
        for (String word : List.of("idagent.convert=auto", "=manual", "/etc/libvirt-id-agent/paused", "old number")) {
            assertTrue(said.get(0).contains(word), said.get(0));
        }
    }

    @Test
    void everythingLiesWhereItBelongsAndIsRoots(Lab lab) {
        Host host = installed(lab);

        assertAll(
                () -> assertEquals("root:root 755", owner(host, "/usr/bin/libvirt-id-agent")),
                () -> assertEquals("root:root 644", owner(host, CONFIGURATION)),
                () -> assertEquals("root:root 700", owner(host, "/var/lib/libvirt-id-agent")),
                () -> assertEquals("root:root 755", owner(host, "/run/libvirt-id-agent")),
                () -> assertEquals("root:root 600", owner(host, LOCK)),
                () -> assertEquals(
                        "libvirt-id-agent:libvirt-id-agent 755", owner(host, "/run/libvirt-id-agent/daemon")),
                () -> assertEquals(
                        "libvirt-id-agent", host.sh("id -nG libvirt-id-agent"), "the daemon's only group is its own"),
                () -> assertEquals(
                        "",
                        host.sh("find /usr/lib/libvirt-id-agent /usr/share/libvirt-id-agent"
                                + " ! -user root -o ! -group root -o -perm /022")),
                () -> assertEquals(
                        "",
                        host.sh("dpkg --verify libvirt-id-agent | grep -v ' /usr/share/doc/' || true"),
                        "no file differs; the lab's hosts keep no documentation"));
    }

    @Test
    void systemdFindsNoFaultInWhatIsInstalled(Lab lab) {
        Host host = installed(lab);

        Result verify = host.run("sh", "-c", "systemd-analyze verify --man=no /lib/systemd/system/libvirt-id-agent*");

        assertAll(
                () -> assertEquals(0, verify.exitCode()),
                () -> assertEquals("", verify.out() + verify.err()),
                () -> assertEquals("", host.sh("systemctl --failed --no-legend")),
                () -> assertEquals(
                        "disabled",
                        host.run("systemctl", "is-enabled", "libvirt-id-agent-report.timer")
                                .out()
                                .strip()));
    }

    @Test
    void theDaemonHasNoRightAndReadsNothingOfRoots(Lab lab) {
        Host host = installed(lab);
        String pid = host.sh("systemctl show -p MainPID --value libvirt-id-agent");

        assertAll(
                () -> assertEquals(
                        "0000000000000000",
                        host.sh("sed -n 's/^Cap[A-Z][a-z]*:\\t//p' /proc/" + pid + "/status | sort -u")),
                () -> assertEquals("1", host.sh("sed -n 's/^NoNewPrivs:\\t//p' /proc/" + pid + "/status")),
                () -> assertEquals("libvirt-id-agent", host.sh("stat -c %U /proc/" + pid)),
                () -> assertFalse(readsAsDaemon(host, "/etc/shadow")),
                () -> assertFalse(readsAsDaemon(host, "/etc/libvirt/qemu.conf")),
                () -> assertFalse(readsAsDaemon(host, "/var/lib/libvirt-id-agent")),
                () -> assertEquals(
                        "/usr/lib/libvirt-id-agent/native",
                        host.sh("grep -oE '/\\S+(jffi|jnidispatch)\\S*' /proc/" + pid
                                + "/maps | xargs -n1 dirname | sort -u"),
                        "native libraries are root's"));
    }

    @Test
    void aHostIsConvertedWithoutAFurtherHandAndIsSoAfterAReboot(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).withPackages().boot();
        host.sh("mkdir -p /etc/libvirt-id-agent && printf 'idagent.interval=2s\\nidagent.quiet-period=4s\\n' >"
                + CONFIGURATION);
        host.sh(INSTALL);

        // "activating" is what a converter is called while it is at work.
        host.sh(
                "timeout 90 sh -c 'until [ \"$(id -u libvirt-qemu)\" = 64055 ]"
                        + " && [ \"$(systemctl is-active libvirt-id-agent-convert.service)\" = inactive ]; do sleep 0.5; done'");
        assertEquals("+64055:+64055", host.baseLabel());
        reboot(host);

        assertAll(
                () -> assertEquals("64055:64055", host.ids()),
                () -> assertEquals("+64055:+64055", host.baseLabel()),
                () -> assertBootedWell(host));
    }

    @Test
    void withEveryUnitEnabledTheHostBootsWithoutAnOrderingCycleAndLibvirtListens(Lab lab) {
        Host host = installed(lab);
        host.sh("systemctl enable libvirt-id-agent-report.timer && mkdir -p /var/lib/prometheus/node-exporter");
        // As after a conversion: recovery is not skipped.
        host.sh("mkdir -p -m 700 /var/lib/libvirt-id-agent/conversions/something");

        reboot(host);

        assertBootedWell(host);
    }

    /** Killed while libvirt is down and owners change; the machine then loses power. */
    @Test
    void aConversionThatAPowerCutBrokeOffIsFinishedBeforeLibvirtStarts(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).withPackages().boot();
        host.sh("mkdir -p /etc/libvirt-id-agent && echo 'not by the daemon' >/etc/libvirt-id-agent/paused");
        host.sh(INSTALL);
        assertEquals(137, host.agentKilledAt("fsync", 14, "--convert-now").exitCode());

        reboot(host);

        assertAll(
                () -> assertEquals("64055:64055", host.ids()),
                () -> assertEquals("+64055:+64055", host.baseLabel()),
                () -> assertEquals("", host.filesWith(109, 114)),
                () -> assertEquals(
                        "success", host.sh("systemctl show -p Result --value libvirt-id-agent-recover.service")),
                () -> assertTrue(host.sh("journalctl -b --no-pager -u libvirt-id-agent-recover")
                        .contains("Done: ")),
                () -> assertEquals("active", host.sh("systemctl is-active libvirt-guests.service")),
                () -> assertBootedWell(host));
    }

    @Test
    void theReportLiesThereWholeForTheCollector(Lab lab) {
        Host host = installed(lab);
        host.sh("mkdir -p /var/lib/prometheus/node-exporter && systemctl start libvirt-id-agent-report.service");

        assertAll(
                () -> assertEquals("libvirt-id-agent.prom", host.sh("ls -A /var/lib/prometheus/node-exporter")),
                () -> assertTrue(
                        host.sh("cat /var/lib/prometheus/node-exporter/*").contains("libvirt_id_agent_")),
                () -> assertEquals(
                        "root:root 644", owner(host, "/var/lib/prometheus/node-exporter/libvirt-id-agent.prom")));
    }

    @Test
    void removingKeepsConfigurationAndJournalsAndPurgingDoesNot(Lab lab) {
        Host host = installed(lab);
        host.sh("echo '#mine' >>" + CONFIGURATION + " && touch /var/lib/libvirt-id-agent/kept");

        host.sh("apt-get remove -y -qq libvirt-id-agent");
        assertAll(
                () -> assertTrue(exists(host, CONFIGURATION)),
                () -> assertTrue(exists(host, "/var/lib/libvirt-id-agent/kept")),
                () -> assertFalse(exists(host, "/usr/lib/libvirt-id-agent")),
                () -> assertFalse(exists(host, "/usr/share/libvirt-id-agent")),
                () -> assertEquals("", host.sh("systemctl list-units --no-legend 'libvirt-id-agent*'")));

        host.sh("useradd --system --uid 109 --no-user-group --home-dir /nonexistent --shell /usr/sbin/nologin"
                + " --comment 'Keeps a former number of files (libvirt-id-agent)' libvirt-qemu-former-109"
                + " && groupadd --gid 114 libvirt-qemu-former-114");
        String said = host.sh("apt-get purge -y -qq libvirt-id-agent");
        assertAll(
                () -> assertFalse(exists(host, "/etc/libvirt-id-agent")),
                () -> assertFalse(exists(host, "/var/lib/libvirt-id-agent")),
                () -> assertFalse(exists(host, "/run/libvirt-id-agent")),
                () -> assertTrue(said.contains("    userdel libvirt-qemu-former-109"), said),
                () -> assertTrue(said.contains("    groupdel libvirt-qemu-former-114"), said),
                () -> assertNotEquals("", host.sh("getent passwd libvirt-qemu-former-109")),
                () -> assertEquals("", host.sh("find /etc/systemd /var/lib/systemd -name 'libvirt-id-agent*'")),
                () -> assertEquals("running", host.sh("systemctl is-system-running")));
    }

    /** As by a removal of the package while it searches. */
    @Test
    void whatIsStoppedHasNotFailedHoweverEarlyThatIs(Lab lab) {
        Host host = installed(lab);

        String failed = host.sh("""
                for unit in scan report recover convert; do
                    for after in 0.005 0.01 0.02 0.04 0.2; do
                        systemctl start --no-block libvirt-id-agent-$unit.service
                        sleep $after
                        systemctl stop libvirt-id-agent-$unit.service
                        systemctl --failed --no-legend
                    done
                done""");

        assertEquals("", failed);
    }

    @Test
    void anUpgradeWaitsForTheConversionThatRuns(Lab lab) {
        Host host = installed(lab);
        Running conversion = host.start("python3", "-c", HOLD_LOCK.formatted(8));
        host.sh("until grep -q \"POSIX .*:$(stat -c %i " + LOCK + ") \" /proc/locks; do sleep 0.1; done");
        long begun = System.nanoTime();

        String said = host.sh(INSTALL + " 2>&1");

        long waited = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        assertAll(
                () -> assertTrue(said.contains("a conversion is under way"), said),
                () -> assertTrue(waited >= 6, "it took only " + waited + " s"),
                () -> assertEquals("active", host.sh("systemctl is-active libvirt-id-agent")));
        conversion.await(Duration.ofSeconds(10)).mustSucceed();
    }

    @Test
    void anUpgradeKeepsWhatItsAdministratorSwitchedOff(Lab lab) {
        Host host = installed(lab);
        host.sh("systemctl disable --now libvirt-id-agent.service && echo idagent.convert=manual >>" + CONFIGURATION);

        host.sh(INSTALL);

        assertAll(
                () -> assertEquals(
                        "disabled",
                        host.run("systemctl", "is-enabled", "libvirt-id-agent")
                                .out()
                                .strip()),
                () -> assertEquals("idagent.convert=manual", host.sh("tail -n 1 " + CONFIGURATION)),
                () -> assertTrue(exists(host, "/usr/lib/libvirt-id-agent/native/libjnidispatch.so")));
    }

    private static Host installed(Lab lab) {
        Host host = lab.host("h1").withPackages().boot();
        host.sh(INSTALL);
        return host;
    }

    /** As a power cut. The lab keeps timers from its hosts; here they are wanted. */
    private static void reboot(Host host) {
        host.sh("rm -f /etc/systemd/system/timers.target && sync");
        host.crash();
        host.bootAgain();
    }

    private static void assertBootedWell(Host host) {
        assertAll(
                () -> assertEquals("", host.sh("journalctl -b --no-pager | grep -i 'ordering cycle' || true")),
                () -> assertEquals("active", host.sh("systemctl is-active libvirtd.socket")),
                () -> assertEquals("active", host.sh("systemctl is-active libvirtd-ro.socket")),
                () -> assertEquals("active", host.sh("systemctl is-active libvirt-id-agent.service")),
                () -> assertEquals("active", host.sh("systemctl is-active libvirt-id-agent-convert.path")),
                () -> assertEquals("active", host.sh("systemctl is-active libvirt-id-agent-scan.timer")),
                () -> assertEquals("", host.sh("systemctl --failed --no-legend")));
    }

    private static boolean readsAsDaemon(Host host, String path) {
        return host.run("setpriv", "--reuid=libvirt-id-agent", "--regid=libvirt-id-agent", "--clear-groups", "ls", path)
                        .succeeded()
                && host.run(
                                "setpriv",
                                "--reuid=libvirt-id-agent",
                                "--regid=libvirt-id-agent",
                                "--clear-groups",
                                "head",
                                "-c1",
                                path)
                        .succeeded();
    }

    private static boolean exists(Host host, String path) {
        return host.run("test", "-e", path).succeeded();
    }

    private static String owner(Host host, String path) {
        return host.sh("stat -c '%U:%G %a' " + path);
    }
}
