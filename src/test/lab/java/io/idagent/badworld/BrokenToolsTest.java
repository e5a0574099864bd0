package io.idagent.badworld;

import static io.idagent.badworld.OldHost.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.idagent.badworld.OldHost.Trouble;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a conversion needs fails in the middle of it: all is taken back, libvirt is up, and the next run is free to try again. */
@NeedsLab
class BrokenToolsTest {

    private static final int UNEXPECTED = 1;
    private static final int UNDONE = 6;

    private static OldHost old;

    @BeforeAll
    static void boot(Lab lab) {
        old = OldHost.boot(lab, "h1");
    }

    /** Nothing that went wrong before keeps a healthy host from being converted. */
    @AfterAll
    static void whenAllIsMendedTheHostIsConverted() {
        old.convertNow().mustSucceed();
        old.isConverted();
    }

    @Test
    void usermodIsMissing() {
        try (Trouble t = old.with("mv /usr/sbin/usermod /root", "mv /root/usermod /usr/sbin")) {
            Result result = old.refuses(UNDONE, List.of("usermod is not installed", "All is as before"));
            assertFalse(result.out().contains("stopping libvirt"), "for nothing: " + result);
        }
        old.isAsBefore();
    }

    @Test
    void groupmodIsMissing() {
        try (Trouble t = old.with("mv /usr/sbin/groupmod /root", "mv /root/groupmod /usr/sbin")) {
            Result result = old.refuses(UNDONE, List.of("groupmod is not installed", "All is as before"));
            assertFalse(result.out().contains("stopping libvirt"), "for nothing: " + result);
        }
        old.isAsBefore();
    }

    @Test
    void usermodRefuses() {
        try (Trouble t = old.withProgram("usermod", "echo no such luck >&2; exit 10")) {
            old.refuses(UNDONE, List.of("usermod -u 64055 libvirt-qemu", "exit 10", "no such luck"));
        }
        old.isAsBefore();
    }

    /** The uid has changed by then, and goes back. */
    @Test
    void groupmodFailsAfterUsermodHasDoneItsPart() {
        try (Trouble t = old.withProgram("groupmod", "id -u libvirt-qemu >/run/seen; exit 10")) {
            old.refuses(UNDONE, List.of("groupmod -g 64055 libvirt-qemu", "exit 10", "All is as before"));
        }
        assertEquals("64055", old.host().sh("cat /run/seen"));
        old.isAsBefore();
    }

    @Test
    void groupmodDoesItsPartAndFailsAllTheSame() {
        try (Trouble t = old.withProgram(
                "groupmod", "/usr/sbin/groupmod \"$@\"; [ -e /run/once ] || { touch /run/once; exit 10; }")) {
            old.refuses(UNDONE, List.of("exit 10", "All is as before"));
        }
        old.isAsBefore();
    }

    @Test
    void usermodLies() {
        try (Trouble t = old.withProgram("usermod", "exit 0")) {
            old.refuses(UNDONE, List.of("usermod said that it was done, but libvirt-qemu still has uid 109"));
        }
        old.isAsBefore();
    }

    @Test
    void usermodHangs() {
        try (Trouble t = old.withProgram("usermod", "exec sleep 300")) {
            old.refuses(UNDONE, List.of("usermod", "did not end within 4.0 s"), "-Didagent.timeouts.command=4s");
        }
        assertEquals("", old.host().sh("pgrep -x sleep || true"), "what hung is still there");
        old.isAsBefore();
    }

    /** The look before it had found the files unlocked. */
    @Test
    void theAccountFilesAreLockedInTheMiddle() {
        try (Trouble t = old.withProgram(
                "usermod",
                "/usr/sbin/usermod \"$@\"; code=$?; [ -e /run/once ] || touch /run/once /etc/group.lock; exit $code")) {
            assertSays(
                    UNDONE,
                    List.of(
                            "exit 10",
                            "All is as before",
                            "A number that is in use again is still reserved as well: userdel"),
                    old.convertNow());
        } finally {
            old.host().sh("rm /etc/group.lock; userdel libvirt-qemu-former-109");
        }
        old.isAsBefore();
    }

    /** It stops so late that starting it again takes too long as well. systemd starts it when it has stopped. */
    @Test
    void libvirtdDoesNotStopForLong() {
        try (Trouble t = dropIn("ExecStop=/bin/sleep 10")) {
            Result result = old.convertNow("-Didagent.timeouts.command=3s");
            assertSays(UNEXPECTED, List.of("systemctl stop", "Undoing it failed as well", "--convert-now"), result);
        }
        old.host().sh("until systemctl is-active libvirtd; do sleep 0.2; done");
        assertEquals(OldHost.OLD_IDS, old.host().ids());
        old.agent("--convert-now", "-Didagent.accounts.libvirt-qemu.uid=109", "-Didagent.accounts.libvirt-qemu.gid=114")
                .mustSucceed();
        old.isAsBefore();
    }

    @Test
    void theStateDirectoryIsFull() {
        try (Trouble t = stateDirectory("mount -t tmpfs -o mode=700,size=64k full /var/lib/libvirt-id-agent;"
                + " dd if=/dev/zero of=/var/lib/libvirt-id-agent/ballast bs=1k count=60 2>/dev/null")) {
            old.refuses(UNEXPECTED, List.of("/var/lib/libvirt-id-agent/conversions", "No space left on device"));
        }
        old.isAsBefore();
    }

    @Test
    void theStateDirectoryHasRoomForTheJournalAlone() {
        try (Trouble t = stateDirectory("mount -t tmpfs -o mode=700,size=68k full /var/lib/libvirt-id-agent")) {
            old.refuses(UNDONE, List.of("No space left on device", "All is as before"));
        }
        old.isAsBefore();
    }

    @Test
    void theStateDirectoryIsReadOnly() {
        try (Trouble t = stateDirectory("mount -t tmpfs -o mode=700,ro full /var/lib/libvirt-id-agent")) {
            old.refuses(UNEXPECTED, List.of("/var/lib/libvirt-id-agent/conversions", "Read-only file system"));
        }
        old.isAsBefore();
    }

    private static Trouble stateDirectory(String mount) {
        return old.with("mkdir -p -m 700 /var/lib/libvirt-id-agent; " + mount, "umount /var/lib/libvirt-id-agent");
    }

    private static Trouble dropIn(String setting) {
        return old.with(
                "mkdir -p /etc/systemd/system/libvirtd.service.d; printf '[Service]\\n%s\\n' '" + setting
                        + "' >/etc/systemd/system/libvirtd.service.d/trouble.conf; systemctl daemon-reload",
                "rm -r /etc/systemd/system/libvirtd.service.d; systemctl daemon-reload");
    }
}
