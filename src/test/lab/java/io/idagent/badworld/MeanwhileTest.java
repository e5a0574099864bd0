package io.idagent.badworld;

import static io.idagent.badworld.OldHost.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.badworld.OldHost.Trouble;
import io.idagent.lab.Guest;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import io.idagent.lab.Running;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Other people and programs do something in the middle of a conversion. */
@NeedsLab
class MeanwhileTest {

    private static final int BLOCKED_BY_GUESTS = 3;
    private static final int ANOTHER_IS_RUNNING = 75;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** The last moment at which libvirt can start one: its units are held already, it itself is still up. */
    @Test
    void aGuestThatStartsAfterTheLookStopsTheConversion(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        Guest guest = old.host().guest("late").define();
        try (Trouble t = old.withProgram("systemctl", """
                if [ "$1" = stop ]; then virsh --quiet start late; fi
                exec /usr/bin/systemctl "$@\"""")) {
            assertSays(BLOCKED_BY_GUESTS, "guest late has started", old.convertNow());
        }
        assertTrue(guest.isRunning());
        assertEquals(OldHost.OLD_IDS, guest.ids());
        old.isAsBefore();

        guest.stop();
        old.convertNow().mustSucceed();
        old.isConverted();
    }

    /** Only libvirt was closed. Whoever is to shut the guest down needs it open. */
    @Test
    void aGuestDoesNotKeepLibvirtDownThatAKilledConversionClosed(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        Guest guest = old.host().guest("late").define();
        try (Trouble t = old.withProgram("systemctl", """
                [ "$1" = stop ] || exec /usr/bin/systemctl "$@"
                virsh --quiet start late
                /usr/bin/systemctl "$@"
                exec pkill -KILL java""")) {
            assertEquals(137, old.convertNow().exitCode());
        }
        assertEquals("inactive", old.host().sh("systemctl is-active libvirtd.socket || true"));

        assertSays(BLOCKED_BY_GUESTS, List.of("was cut off. It comes first", "GUEST_RUNNING"), old.convertNow());

        old.isAsBefore();
        assertTrue(guest.isRunning());
        guest.stop();
        old.convertNow().mustSucceed();
        old.isConverted();
    }

    @Test
    void howeverOftenGuestsComeAndGoNoneRunsUnderALostNumber(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        old.host().guest("restless").define();
        Running comingAndGoing = old.host().start("sh", "-c", """
                until [ -e /run/enough ]; do
                    virsh --quiet start restless && sleep 0.2 && virsh --quiet destroy restless
                    sleep 0.3
                done""");
        List<Integer> codes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            codes.add(old.convertNow().exitCode());
            assertEquals(
                    "",
                    old.host().sh("[ $(id -u libvirt-qemu) = 109 ] || ps -eo uid=,args= | grep '^ *109 ' || true"),
                    "a guest runs on under the number that was given up");
        }
        old.host().sh("touch /run/enough");
        comingAndGoing.await(LIMIT);
        old.host().run("virsh", "--quiet", "destroy", "restless");
        assertTrue(codes.stream().allMatch(code -> code == 0 || code == BLOCKED_BY_GUESTS), codes.toString());

        old.convertNow().mustSucceed();
        old.isConverted();
    }

    @Test
    void libvirtCannotBeStartedWhileNumbersChange(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        Running insisting = old.host().start("sh", "-c", """
                until [ -e /run/enough ]; do systemctl start libvirtd.socket libvirtd libvirtd-ro.socket; done""");
        String note = """
                systemctl start libvirtd libvirtd.socket; echo "start: $?" >>/run/seen
                pgrep -x libvirtd >>/run/seen
                exec /usr/sbin/%s "$@\"""";
        try (Trouble t = old.withProgram("usermod", note.formatted("usermod"));
                Trouble u = old.withProgram("groupmod", note.formatted("groupmod"))) {
            old.convertNow().mustSucceed();
        }
        old.host().sh("touch /run/enough");
        insisting.await(LIMIT);
        assertEquals("start: 1\nstart: 1", old.host().sh("cat /run/seen"));
        old.isConverted();
    }

    @Test
    void aShutdownInTheMiddleLeavesTheRestToTheNextBoot(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        old.host().sh("mkdir -p /root/log");
        try (Trouble t = new Trouble(old.host(), "rm -f /usr/local/sbin/groupmod")) {
            old.withProgram(
                    "groupmod", "/usr/sbin/groupmod \"$@\"; code=$?; systemctl poweroff --no-block; exit $code");
            old.host()
                    .start("sh", "-c", "libvirt-id-agent --convert-now >/root/log/out 2>&1; echo $? >/root/log/code")
                    .await(LIMIT);
            old.host().crash();
            old.host().bootAgain();
        }
        String said = old.host().sh("cat /root/log/out");
        old.convertNow().mustSucceed();
        old.isConverted();
        assertTrue(said.contains("changing the ids"), said);
    }

    @Test
    void ofManyConversionsAtOnceOneConverts(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        for (int many : List.of(2, 5)) {
            // There and back again, so that each round has something to convert.
            String target = many == 2 ? "64055" : "64056";
            List<Running> all = IntStream.range(0, many)
                    .mapToObj(i -> old.host()
                            .start(
                                    "libvirt-id-agent",
                                    "--convert-now",
                                    "-Didagent.accounts.libvirt-qemu.uid=" + target,
                                    "-Didagent.accounts.libvirt-qemu.gid=" + target))
                    .toList();
            List<Result> results = all.stream().map(one -> one.await(LIMIT)).toList();

            long converted = results.stream()
                    .filter(one -> one.out().contains("\nDone: "))
                    .count();
            TreeSet<Integer> codes = new TreeSet<>();
            results.forEach(one -> codes.add(one.exitCode()));
            assertEquals(1, converted, results.toString());
            assertTrue(List.of(0, ANOTHER_IS_RUNNING).containsAll(codes), results.toString());
            old.hasWholly(target + ":" + target, "109:114");
        }
    }

    /** To look is no reason for another to give up. */
    @Test
    void whoOnlyLooksDoesNotKeepAConversionFromBeginning(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        Running looking = old.host().start("sh", "-c", """
                until [ -e /run/enough ]; do libvirt-id-agent status >/dev/null; touch /run/looking; done""");
        old.host().sh("until [ -e /run/looking ]; do sleep 0.05; done");
        List<Integer> codes = IntStream.range(0, 4)
                .mapToObj(i -> old.convertNow(
                                "-Didagent.extra-uid-check=/bin/echo,taken", "-Didagent.extra-uid-check-match=taken")
                        .exitCode())
                .toList();
        old.host().sh("touch /run/enough");
        looking.await(LIMIT);
        assertEquals(List.of(4, 4, 4, 4), codes);
    }

    /** As useradd, usermod or a package's script does; each is over in a moment. */
    @Test
    void anAdministratorWhoAddsUsersIsWaitedFor(Lab lab) {
        OldHost old = OldHost.boot(lab, "h1");
        Running adding = old.host().start("python3", "-c", """
                import fcntl, os, time
                lock = open('/etc/.pwd.lock', 'a')
                fcntl.lockf(lock, fcntl.LOCK_EX)
                open('/etc/passwd.lock', 'w').write(str(os.getpid()))
                open('/run/locked', 'w').close()
                time.sleep(4)
                os.remove('/etc/passwd.lock')""");
        old.host().sh("until [ -e /run/locked ]; do sleep 0.05; done");

        old.convertNow().mustSucceed();

        adding.await(LIMIT).mustSucceed();
        old.isConverted();
    }
}
