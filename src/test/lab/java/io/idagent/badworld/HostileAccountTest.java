package io.idagent.badworld;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Change;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import io.idagent.lab.Running;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The account, which a guest may have broken out to, has laid traps in libvirt's own directory, and opened them to an
 * accomplice who works on while the ids change. (A process of the account itself would keep them from changing.)
 */
@NeedsLab
class HostileAccountTest {

    private static final String TRAPS = """
            umask 0
            chmod 777 /var/lib/libvirt/qemu
            mkdir -p /var/lib/libvirt/qemu/lair/a/d /var/lib/libvirt/qemu/lair/b/d
            cd /var/lib/libvirt/qemu/lair
            for i in $(seq 300); do echo mine >a/$i; echo mine >b/$i; done
            touch a/d/passwd b/d/passwd
            for name in shadow passwd gshadow group; do ln -s /etc/$name $name; ln -s /etc/$name b/$name; done
            ln -s /etc etc; ln -s ../../../../../etc b/etc; ln -s / root; ln -s loop loop
            mkfifo pipe; mkfifo b/pipe
            python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
            printf x >set-uid; chmod 6777 set-uid
            """;

    /** Each pair of names changes places, thousands of times a second, and a directory wanders about. */
    private static final String SWAP = """
            import ctypes, os, threading
            libc = ctypes.CDLL(None)
            os.chdir('/var/lib/libvirt/qemu/lair')
            print('begun', flush=True)
            def swap(one, other):
                while os.path.lexists('/run/swapping'):
                    libc.renameat2(-100, one.encode(), -100, other.encode(), 2)
            def wander():
                while os.path.lexists('/run/swapping'):
                    os.rename('b/d', 'a/d/e')
                    os.rename('a/d/e', 'b/d')
            pairs = [('a', 'etc'), ('b/1', 'b/shadow'), ('b/2', 'b/etc'), ('b/3', 'passwd'), ('b/4', 'b/pipe')]
            threads = [threading.Thread(target=swap, args=pair) for pair in pairs] + [threading.Thread(target=wander)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            """;

    /** Nothing of it is the account's, nor of ours. The account files themselves are looked at line by line. */
    private static final String OUTSIDE = """
            find /etc /usr/bin /usr/sbin /root /home /opt /srv -mindepth 1 \
                -printf '%U:%G %m %y %p %C@\\n' | grep -vE ' /etc/(\\.?pwd\\.lock|libvirt-id-agent|(passwd|group|shadow|gshadow|subuid|subgid)-? )|/root/\\.cache' | sort
            stat -c '%u:%g %a %n' /etc/passwd /etc/shadow /etc/group /etc/gshadow
            cat /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/subuid /etc/subgid | grep -v ^libvirt-qemu:
            """;

    @Test
    void neitherConversionNorRollbackIsLedAstray(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        Host host = old.host();
        host.run("setpriv", "--reuid=109", "--regid=114", "--clear-groups", "sh", "-ec", TRAPS)
                .mustSucceed();
        // Those it cannot make itself, where the kernel protects hard links.
        host.sh("ln /etc/shadow /var/lib/libvirt/qemu/lair/theirs; ln /usr/bin/su /var/lib/libvirt/qemu/lair/su");
        String before = host.sh(OUTSIDE);
        host.sh("touch /run/swapping");
        Running accomplice =
                host.start("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "python3", "-c", SWAP);
        host.sh("sleep 0.5");

        for (int round = 0; round < 2; round++) {
            done(old.convertNow());
            assertEquals("64055:64055", host.ids());
            done(old.agent("--rollback"));
            assertEquals("109:114", host.ids());
        }
        assertTrue(accomplice.isAlive());
        host.sh("rm /run/swapping");
        accomplice.await(Duration.ofSeconds(10)).mustSucceed();

        old.convertNow().mustSucceed();
        assertAll(
                () -> assertEquals("", Change.between(before, host.sh(OUTSIDE))),
                () -> assertEquals("0:42", host.owner("/var/lib/libvirt/qemu/lair/theirs")),
                () -> assertEquals("64055:64055", host.owner("/var/lib/libvirt/qemu/lair/socket")),
                () -> assertEquals("64055:64055", host.owner("/var/lib/libvirt/qemu/lair/b/300")),
                old::isConverted);
    }

    /** What was another file at the moment of change is named, and left for the next time. */
    private static void done(Result result) {
        assertTrue(List.of(0, 7).contains(result.exitCode()), result.toString());
    }
}
