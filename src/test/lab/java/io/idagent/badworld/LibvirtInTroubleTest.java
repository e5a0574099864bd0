package io.idagent.badworld;

import static io.idagent.badworld.OldHost.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.badworld.OldHost.Trouble;
import io.idagent.lab.Guest;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

/** libvirt and its guests in states that end with a host converted: each test has a host of its own. */
@NeedsLab
class LibvirtInTroubleTest {

    @Test
    void libvirtdDoesNotComeBackUntilItIsMended(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        try (Trouble t = old.with(
                "mkdir /etc/systemd/system/libvirtd.service.d; printf '[Service]\\nExecStartPre=/bin/false\\n'"
                        + " >/etc/systemd/system/libvirtd.service.d/trouble.conf; systemctl daemon-reload",
                "rm -r /etc/systemd/system/libvirtd.service.d; systemctl daemon-reload")) {
            Result result = old.convertNow();
            assertSays(1, List.of("libvirtd.service", "--convert-now: it goes on from here"), result);
            assertEquals(OldHost.NEW_IDS, old.host().ids());
            assertSays(2, List.of("INTERRUPTED"), old.agent("status"));
        }

        old.convertNow().mustSucceed();

        old.isConverted();
    }

    @Test
    void aHostWithoutLibvirtIsConvertedAllTheSame(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        OldHost old = new OldHost(host);
        host.sh("systemctl stop 'libvirtd*' 'virt*'; mkdir /root/units;"
                + " mv /lib/systemd/system/libvirtd* /lib/systemd/system/virt*d* /usr/sbin/libvirtd /root/units;"
                + " rm -f /usr/lib/x86_64-linux-gnu/libvirt.so.0*; find /etc/systemd -name '*virt*' -delete;"
                + " systemctl daemon-reload");

        old.convertNow().mustSucceed();

        assertEquals(OldHost.NEW_IDS, host.ids());
        assertEquals("", host.sh("find /var/lib/libvirt /var/cache/libvirt -uid 109 -o -gid 114"));
        assertSays(0, "NORMALIZED", old.agent("status"));
    }

    @Test
    void aHostWithoutSystemdIsConvertedThroughItsInitScripts(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        OldHost old = new OldHost(host);
        // What tells everybody, service(8) too, that systemd runs.
        host.sh("""
                systemctl stop libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd.service
                mv /run/systemd/system /run/systemd/system.away
                cat >/etc/init.d/libvirtd <<'END'
                #!/bin/sh
                daemon='--pidfile /run/libvirtd.pid --exec /usr/sbin/libvirtd'
                case $1 in
                    start) start-stop-daemon --start $daemon -- -d ;;
                    stop) start-stop-daemon --stop --retry 10 $daemon ;;
                    status) start-stop-daemon --status $daemon ;;
                esac
                END
                chmod +x /etc/init.d/libvirtd
                service libvirtd start
                """);
        assertEquals("+109:+114", host.baseLabel());

        Result result = old.convertNow();

        assertSays(0, "libvirtd", result);
        assertEquals(OldHost.NEW_IDS, host.ids());
        assertEquals("+64055:+64055", host.baseLabel());
        assertEquals("", host.filesWith(109, 114));
        host.sh("service libvirtd status");
    }

    @Test
    void aHomeOfTheAccountsOwnIsLeftToOurOwnHand(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        old.host().sh("""
                mkdir -p /srv/nova/instances; usermod -d /srv/nova libvirt-qemu
                mount -t tmpfs other /srv/nova/instances
                touch /srv/nova/instances/disk /srv/nova/plain; chown -R 109:114 /srv/nova
                """);
        String mounts = old.host().sh("cat /proc/1/mountinfo");

        Result result = old.convertNow();

        assertSays(0, "files outside the roots with the number given up", result);
        assertEquals("109:114", old.host().owner("/srv/nova/instances/disk"));
        assertEquals("109:114", old.host().owner("/srv/nova/plain"));
        assertEquals("109:114", old.host().owner("/srv/nova"));
        assertEquals(mounts, old.host().sh("cat /proc/1/mountinfo"));
        assertEquals("", old.host().sh("pgrep -a 'usermod|unshare' || true"));
        old.isConverted();
    }

    @Test
    void whatLiesOnSharedStorageIsLeftToWhoeverElseUsesIt(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).withImagesLikeNfs().boot();
        Guest guest = host.guest("far").define();

        new OldHost(host).convertNow().mustSucceed();

        assertEquals(OldHost.NEW_IDS, host.ids());
        assertEquals("109:114", host.owner(guest.image()));
        assertSays(1, List.of("SHARED_STORAGE", guest.image()), new OldHost(host).agent("status"));
    }
}
