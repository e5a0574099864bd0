package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import org.junit.jupiter.api.Test;

/** nova beside libvirt-qemu, as on a compute node of OpenStack: with a service that runs as it. */
@NeedsLab
class AccountsLabTest {

    private static final String NOVA = """
            groupadd -g 125 nova
            useradd -u 120 -g nova -d /var/lib/nova -s /usr/sbin/nologin nova
            install -d -o nova -g nova /var/lib/nova /var/lib/nova/instances /var/log/nova
            install -d -m 750 -o root -g nova /etc/nova
            echo secret >/var/lib/nova/instances/disk.info
            chown nova:nova /var/lib/nova/instances/disk.info
            echo secret >/etc/nova/nova.conf
            chown root:nova /etc/nova/nova.conf
            chmod 640 /etc/nova/nova.conf
            cat >/etc/systemd/system/nova-compute.service <<END
            [Unit]
            After=libvirtd.service
            [Service]
            User=nova
            ExecStart=/bin/sleep infinity
            END
            systemctl daemon-reload
            systemctl start nova-compute.service
            mkdir -p /etc/libvirt-id-agent
            cat >/etc/libvirt-id-agent/application.properties <<END
            idagent.accounts.libvirt-qemu.uid=64055
            idagent.accounts.nova.uid=64060
            idagent.accounts.nova.gid=64060
            END
            """;

    private static final String IMAGE = "/var/lib/libvirt/images/pinned";
    private static final String PINNED = IMAGE + " /var/lib/nova/pinned";

    @Test
    void allAccountsAreConvertedInOneTransactionAndComeBackInOne(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.sh(NOVA);
        String before = state(host);

        Result refused = host.agent("--convert-now");
        assertEquals(3, refused.exitCode(), refused.out());
        assertTrue(refused.out().contains("PROCESS_USES_ID"), refused.out());
        assertEquals(before, state(host));

        host.sh("echo idagent.accounts.nova.units=nova-compute.service,not-installed.service"
                + " >>/etc/libvirt-id-agent/application.properties");
        host.sh("touch " + PINNED + " && chown 109:114 " + IMAGE
                + " && chown 120:125 /var/lib/nova/pinned && chattr +i " + PINNED);
        before = state(host);
        Result pinned = host.agent("--convert-now");
        assertEquals(7, pinned.exitCode(), pinned.out() + pinned.err());
        assertEquals(
                "libvirt-qemu-former-109 libvirt-qemu-former-114 nova-former-120 nova-former-125",
                host.sh("grep -ho '^[^:]*former[^:]*' /etc/passwd /etc/group | sort | xargs"));
        host.sh("chattr -i " + PINNED);

        Result done = host.agent("--convert-now");
        assertEquals(0, done.exitCode(), done.out() + done.err());
        assertEquals("64055:64055", host.owner(IMAGE));
        assertEquals("", host.sh("grep former /etc/passwd /etc/group || true"));
        assertEquals("64055:64055", host.ids());
        assertEquals(before.replace("120", "64060").replace("125", "64060"), state(host));

        Result back = host.agent("--rollback");
        assertEquals(0, back.exitCode(), back.out() + back.err());
        assertEquals("109:114", host.ids());
        assertEquals(before, state(host));
    }

    /** Numbers of the account, its files and its service. */
    private static String state(Host host) {
        return host.sh("""
                echo $(id -u nova):$(getent group nova | cut -d: -f3)
                find /var/lib/nova /var/log/nova /etc/nova -printf '%U:%G %m %p\\n' | sort -k 3
                systemctl is-active nova-compute.service
                ps -o uid=,gid= -p $(systemctl show -p MainPID --value nova-compute.service) | awk '{print $1 ":" $2}'
                """);
    }
}
