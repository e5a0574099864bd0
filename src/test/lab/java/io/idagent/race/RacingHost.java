package io.idagent.race;

import io.idagent.lab.Change;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An old host, what lies outside its roots, and those who do something there while it is converted. */
final class RacingHost {

    private static final Path CHURN = Path.of("deploy/bench/churn");

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Somebody who may write in the tree, and is nobody that a conversion waits for. */
    private static final String STRANGER = "12345 12345";

    private static final String ACCOUNT = "109 114";

    /** Links lead out of the tree, to what has the account's old number too: the number is no protection. */
    private static final String MAKE = """
            mkdir -p /srv/outside/sub && touch /srv/outside/f /srv/outside/sub/f && chown -R 109:114 /srv/outside
            chmod 4755 /srv/outside/f; chmod 555 /srv/outside /srv/outside/sub
            for tree in 1 2 3; do
                mkdir -p /var/lib/libvirt/images/tree$tree && cd /var/lib/libvirt/images/tree$tree
                mkdir dir walk && touch file dir/f walk/f
                for n in $(seq 300); do touch walk/$n dir/$n; done
                ln -s /etc/shadow link; ln -s /etc dirlink; ln -s /srv/outside/f walk/link; ln -s /srv/outside/sub walk/sub
                [ $tree != 2 ] || ln -sfn /srv/outside dirlink
                chown -hR 109:114 . && chmod -R a=rwX .
            done
            """;

    /** The times of change tell of every touch; of the account files, which usermod writes anew, all but that. The old numbers
     * stay reserved, as files outside have them. */
    private static final String OUTSIDE = """
            find /etc /srv /root /home /usr/bin /usr/sbin /usr/local -xdev \\( -path /etc/libvirt-id-agent -o -path /root/.cache \\) -prune \
                -o ! -path /etc ! -path /root ! -path '/etc/passwd*' ! -path '/etc/shadow*' ! -path '/etc/group*' ! -path '/etc/gshadow*' \
                ! -path '/etc/subuid*' ! -path '/etc/subgid*' ! -path /etc/.pwd.lock -printf '%p %U:%G %m %n %C@ %s\\n' | LC_ALL=C sort
            stat -c '%n %u:%g %a %h %F' /etc/passwd /etc/shadow /etc/group /etc/gshadow
            grep -hv '^race\\|^libvirt-qemu:\\|^libvirt-qemu-former-1[01][94]:' /etc/passwd /etc/shadow /etc/group /etc/gshadow
            grep -h '^libvirt-qemu:' /etc/passwd /etc/shadow /etc/group /etc/gshadow | sed 's/:\\(109\\|114\\|64055\\):/:N:/'
            """;

    /**
     * Whether a qemu runs under another number than the account has: the number is read before and after, so that it was the
     * same all the while.
     */
    private static final String WITNESS = """
            import os
            def account():
                for line in open('/etc/passwd'):
                    if line.startswith('libvirt-qemu:'):
                        return line.split(':')[2]
            def guests():
                found = set()
                for pid in filter(str.isdigit, os.listdir('/proc')):
                    try:
                        words = open(f'/proc/{pid}/cmdline', 'rb').read().split(b'\\\\0')
                        if b'qemu-system' in words[0] and b'none' not in words:
                            status = open(f'/proc/{pid}/status').read()
                            found.add(status.split('Uid:')[1].split()[0])
                    except OSError:
                        pass
                return found
            looks, seen, wrong = 0, 0, 0
            while not os.path.exists('/run/enough'):
                before = account()
                uids = guests()
                if account() == before:
                    looks += 1
                    seen += bool(uids)
                    wrong += any(uid in ('109', '64055') and uid != before for uid in uids)
            print(looks, seen, wrong)
            """;

    private static final String GUESTS = """
            until [ -e /run/enough ]; do
                virsh --quiet start restless && echo 1 && sleep 0.$((RANDOM % 9))
                virsh --quiet destroy restless # each time: libvirt may be down at one, and the guest would stay for good
                sleep $((RANDOM % 6)).$((RANDOM % 9)) # long enough for some conversions, and too short for others
            done 2>/dev/null
            virsh --quiet destroy restless 2>/dev/null || true
            """;

    private static final String ADMINISTRATOR = """
            until [ -e /run/enough ]; do
                useradd -M -s /usr/sbin/nologin racer && userdel racer && echo 1
                useradd -r -M race-system && userdel race-system && echo 1
            done 2>/dev/null
            userdel racer 2>/dev/null || true
            userdel race-system 2>/dev/null || true
            """;

    private final Host host;
    private final String outside;
    private final List<Running> others = new ArrayList<>();

    RacingHost(Lab lab) throws IOException {
        host = lab.host("h1").withIds(109, 114).boot();
        host.baseLabel(); // libvirt fills its cache
        host.sh(MAKE);
        host.sh("cat >/usr/local/bin/churn <<'END'\n" + Files.readString(CHURN)
                + "END\nchmod 755 /usr/local/bin/churn");
        host.guest("restless").define();
        outside = host.sh(OUTSIDE);
    }

    Host host() {
        return host;
    }

    /** Each prints what it has done when it is told that it is enough. */
    Running strangersInTheTrees() {
        return begin("sh", "-c", churn(STRANGER) + """
                until [ -e /run/enough ]; do sleep 0.1; done
                kill $pids
                wait""");
    }

    /** As guests, they keep a conversion from beginning; so they come and go. */
    Running theAccountItselfNowAndThen() {
        return begin("sh", "-c", "until [ -e /run/enough ]; do pids=; " + churn(ACCOUNT) + """
                sleep 0.3; kill $pids; wait; sleep 1
                done""");
    }

    private static String churn(String whose) {
        return "for tree in 1 2 3; do cd /var/lib/libvirt/images/tree$tree && { churn " + whose
                + " & } && pids=\"$pids $!\"; done\n";
    }

    Running guestsThatComeAndGo() {
        return begin("bash", "-c", GUESTS);
    }

    Running anAdministratorAtWork() {
        return begin("sh", "-c", ADMINISTRATOR);
    }

    Running aWitness() {
        return begin("python3", "-c", WITNESS);
    }

    private Running begin(String... command) {
        Running other = host.start(command);
        others.add(other);
        return other;
    }

    /** @return what each of them has printed, in the order in which they began */
    List<List<Long>> enough() {
        host.sh("touch /run/enough");
        List<List<Long>> printed = others.stream()
                .map(other -> other.await(LIMIT).mustSucceed().out())
                .map(text -> text.lines()
                        .flatMap(line -> List.of(line.split(" ")).stream())
                        .map(Long::valueOf)
                        .toList())
                .toList();
        others.clear();
        host.sh("rm /run/enough");
        return printed;
    }

    /** What is otherwise than before outside the roots, in lines; nothing: "". */
    String changeOutside() {
        return Change.between(outside, host.sh(OUTSIDE));
    }
}
