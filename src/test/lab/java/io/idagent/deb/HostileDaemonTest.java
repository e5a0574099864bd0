package io.idagent.deb;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Change;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody has taken over the daemon's user, outside of the daemon's sandbox even, and does whatever that user can. Root's
 * units are as they come: they read nothing of his, change nothing for him, and go on to serve honest requests.
 */
@NeedsLab
class HostileDaemonTest {

    private static final String CONVERTER = "libvirt-id-agent-convert.service";

    /** Root's, and closed to him: each of it he tries to read, to write, to replace and to take away. */
    private static final String ROOTS = """
            import os, sys, time, threading
            mine = '/run/libvirt-id-agent/daemon/'
            request = mine + 'convert-request'
            roots = ['/run/libvirt-id-agent/' + name for name in (
                        'findings', 'attempts', 'grants', 'lock', 'converting', 'new', '.findings.unfinished')]
            roots += ['/var/lib/libvirt-id-agent/' + name for name in ('conversions', 'grants', 'new')]
            roots += ['/etc/libvirt-id-agent/' + name for name in ('paused', 'application.properties', 'new')]
            roots += ['/etc/shadow', '/etc/passwd', '/etc/group', '/run/systemd/system/new', '/usr/bin/libvirt-id-agent']
            """;

    private static final String TRY_EVERYTHING = ROOTS + """
            def attempt(what, path, act):
                try:
                    act()
                    print(what, path)
                except OSError:
                    pass
            for path in roots:
                attempt('wrote', path, lambda: open(path, 'r+b'))
                attempt('made', path, lambda: open(path, 'xb'))
                attempt('linked', path, lambda: os.symlink('/etc/shadow', path))
                attempt('took', path, lambda: os.rename(path, mine + 'taken'))
                attempt('replaced', path, lambda: os.rename(mine + 'forged', path))
                attempt('removed', path, lambda: os.remove(path))
                attempt('hard-linked', path, lambda: os.link(path, mine + 'linked'))
            for path in ('/etc/shadow', '/etc/libvirt/qemu.conf'):
                attempt('read', path, lambda: open(path, 'rb'))
            attempt('listed', 'state', lambda: os.listdir('/var/lib/libvirt-id-agent'))
            """;

    /** What root's programs call their files, where he can write: as files with forged content, links, pipes. */
    private static final String PLANT = ROOTS + """
            forged = '{"format":1,"state":"CONVERTIBLE","host":{"format":1},"last":{"result":"DONE"}}'
            os.makedirs(mine + 'conversions/20990101T000000Z')
            for name in ('forged', 'findings', 'attempts', 'grants', 'status', 'lock',
                         'conversions/20990101T000000Z/journal', 'conversions/20990101T000000Z/manifest-1'):
                open(mine + name, 'w').write(forged)
            for name in ('.findings.unfinished', '.attempts.unfinished', 'converting', 'paused'):
                os.symlink('/etc/shadow', mine + name)
            os.mkfifo(mine + 'pipe')
            """;

    /** As many as the machine allows, of every kind, from several threads that take them from each other. */
    private static final String FLOOD = ROOTS + """
            end = time.time() + float(sys.argv[1])
            count = [0]
            def huge():
                file = os.open(request, os.O_CREAT | os.O_WRONLY | os.O_NONBLOCK)
                try: os.ftruncate(file, 1 << 40)
                finally: os.close(file)
            def full():
                os.makedirs(request + '/a/b')
                os.symlink('/etc', request + '/a/etc')
                os.symlink('/', request + '/root')
            def swapped():
                os.rename(request + '/a', mine + 'away')
                os.symlink('/etc', request + '/a')
            def emptied(folder):
                for act, name in ((os.remove, '/b/etc'), (os.remove, '/a/etc'), (os.remove, '/root'), (os.remove, '/etc'),
                                  (os.remove, '/a'), (os.rmdir, '/b'), (os.rmdir, '/a/b'), (os.rmdir, '/a'), (os.rmdir, '')):
                    try: act(folder + name)
                    except OSError: pass
            kinds = [lambda: open(request, 'x'), lambda: os.symlink('/etc/shadow', request),
                     lambda: os.symlink(mine + 'pipe', request), lambda: os.mkfifo(request), huge, full, swapped,
                     lambda: os.link(mine + 'forged', request), lambda: emptied(mine + 'away'),
                     lambda: os.symlink('/', request)]
            def flood(first):
                i = first
                while time.time() < end:
                    for act in (kinds[i % len(kinds)], lambda: os.remove(request), lambda: emptied(request)):
                        try:
                            act()
                            count[0] += 1
                        except OSError:
                            pass
                    i += 1
            threads = [threading.Thread(target=flood, args=(i,)) for i in range(3)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(count[0])
            """;

    /** With the right that lets the daemon see whether a conversion runs. */
    private static final String HOLD_LOCK = """
            import fcntl, time
            lock = open('/run/libvirt-id-agent/lock')
            fcntl.lockf(lock, fcntl.LOCK_SH)
            print('held', flush=True)
            time.sleep(60)
            """;

    private InstalledHost installed;
    private Host host;

    @BeforeEach
    void heHasTakenOver(Lab lab) {
        installed = InstalledHost.old(lab, "idagent.convert=manual").install();
        host = installed.host();
        installed.until("[ -e /run/libvirt-id-agent/findings ]");
        host.sh("systemctl stop libvirt-id-agent.service");
    }

    @Test
    void whateverHePlantsAndForgesNothingComesOfIt() {
        assertEquals("", asDaemon(PLANT).out());
        String before = closedToHim();

        assertEquals("", asDaemon(TRY_EVERYTHING).out());
        long requests = Long.parseLong(asDaemon(FLOOD, "6").out().strip());
        settle();

        assertAll(
                () -> assertTrue(requests > 100, requests + " requests"),
                () -> assertEquals("", Change.between(before, closedToHim())),
                () -> assertEquals("109:114", host.ids()),
                () -> assertEquals("active", host.sh("systemctl is-active libvirt-id-agent-convert.path")),
                () -> assertEquals("success", host.sh("systemctl show -P Result " + CONVERTER)),
                () -> assertEquals("", host.sh("systemctl --failed --no-legend")));
        honestRequestConverts();
    }

    @Test
    void heCannotLockConversionsOut() {
        Result held = host.run(asDaemonCommand(HOLD_LOCK));

        assertTrue(held.err().contains("PermissionError"), held.toString());
        honestRequestConverts();
    }

    private void honestRequestConverts() {
        configure("idagent.quiet-period=0s");
        host.sh("rm -rf /run/libvirt-id-agent/attempts");
        request();
        installed.untilConverted();
        assertEquals("", host.filesWith(109, 114));
    }

    private void configure(String... settings) {
        host.sh("printf '%s\\n' " + String.join(" ", settings) + " >" + InstalledHost.CONFIGURATION);
    }

    private void request() {
        host.run(asDaemonCommand("open('/run/libvirt-id-agent/daemon/convert-request', 'x')"))
                .mustSucceed();
        settle();
    }

    private void settle() {
        installed.until("[ ! -e /run/libvirt-id-agent/daemon/convert-request ] && [ ! -L"
                + " /run/libvirt-id-agent/daemon/convert-request ] && [ \"$(systemctl is-active " + CONVERTER
                + ")\" = inactive ]");
    }

    private Result asDaemon(String script, String... arguments) {
        return host.run(asDaemonCommand(script, arguments)).mustSucceed();
    }

    private static String[] asDaemonCommand(String script, String... arguments) {
        String[] command = {
            "setpriv", "--reuid=libvirt-id-agent", "--regid=libvirt-id-agent", "--init-groups", "python3", "-c", script
        };
        String[] all = Arrays.copyOf(command, command.length + arguments.length);
        System.arraycopy(arguments, 0, all, command.length, arguments.length);
        return all;
    }

    /** What he must not change: the host, its programs and its configuration, and what is root's of this program. */
    private String closedToHim() {
        host.sh("virsh --quiet uri; until [ -e /run/libvirt/qemu/driver.pid ]; do sleep 0.05; done");
        return host.snapshot() + host.sh("""
                sha256sum /etc/passwd /etc/shadow /etc/group /etc/gshadow
                find /etc /usr /root -printf '%U:%G %m %y %s %C@ %p\\n' | sort -k 6
                find /run/libvirt-id-agent /var/lib/libvirt-id-agent -path /run/libvirt-id-agent/daemon -prune \
                    -o -printf '%U:%G %m %y %p\\n' | sort -k 4
                """);
    }
}
