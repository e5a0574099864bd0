package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Change;
import io.idagent.lab.Guest;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import io.idagent.lab.Running;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who uses the ids or an image is never disturbed: the same command that converts the host changes nothing then. */
@NeedsLab
class RefusalLabTest {

    private static final String IMAGE = "/var/lib/libvirt/images/disk.qcow2";
    private static final int BLOCKED_BY_GUESTS = 3;

    private Host host;

    @BeforeEach
    void anOldHostWithAnImage(Lab lab) {
        host = lab.host("h1").withIds(109, 114).boot();
        assertEquals("+109:+114", host.baseLabel());
        host.sh("qemu-img create -q -f qcow2 " + IMAGE + " 64M && chown 109:114 " + IMAGE);
    }

    @Test
    void aRunningGuestForbidsIt() {
        Guest guest = host.guest("tiny").start();

        Result refusal = refused();

        assertTrue(refusal.out().contains("guest tiny is running"), refusal.out());
        assertTrue(guest.isRunning());
        guest.stop();
        host.agent("--convert-now").mustSucceed();
    }

    @Test
    void aQemuThatSomebodyStartedAsRootForbidsIt() {
        host.leaveRunning("qemu-system-x86_64", "-S", "-display", "none", "-m", "16", "-name", "by-hand");

        assertTrue(refused().out().contains("by-hand"));
    }

    @Test
    void aProcessThatHasTheGroupOnlyAsASupplementaryOneForbidsIt() {
        host.leaveRunning("setpriv", "--reuid=nobody", "--regid=nogroup", "--groups=114", "sleep", "1000");

        assertTrue(refused().out().contains("gid 114"));
    }

    @Test
    void aQemuImgThatReadsAnImageForbidsIt() {
        host.sh("qemu-io -c 'write 0 32M' " + IMAGE + " >/dev/null");
        host.leaveRunning("qemu-img", "convert", "-r", "64K", "-O", "raw", IMAGE, "/root/copy.raw");

        assertTrue(refused().out().contains(IMAGE));
    }

    @Test
    void aQemuNbdThatServesAnImageForbidsIt() {
        host.leaveRunning("qemu-nbd", "--persistent", "--socket=/run/nbd.socket", IMAGE);

        assertTrue(refused().out().contains(IMAGE));
    }

    /** libvirt is stopped in a conversion, and the upload would end in the middle. */
    @Test
    void anUploadIntoAPoolForbidsIt() {
        host.sh("mkdir /srv/pool && virsh -q pool-define-as pool dir --target /srv/pool && virsh -q pool-start pool"
                + " && virsh -q vol-create-as pool new 8M && mkfifo /run/image");
        host.start(
                "sh", "-c", "exec >/run/image; head -c 1M /dev/urandom; until [ -e /run/enough ]; do sleep 0.1; done");
        Running upload = host.start("virsh", "vol-upload", "--pool", "pool", "new", "/run/image");
        await(() -> host.sh("ls -l /proc/$(pidof libvirtd)/fd").contains("/srv/pool/new"));

        assertTrue(refused().out().contains("libvirtd (pid"));
        host.sh("touch /run/enough");
        upload.await(Duration.ofSeconds(30)).mustSucceed();
        host.agent("--convert-now").mustSucceed();
    }

    /** What nobody but the first look has seen: the ids are as they were, libvirt is up again, and the guest runs on. */
    @Test
    void aGuestThatStartsAfterTheFirstLookForbidsItToo() {
        Guest guest = host.guest("tiny").start(); // once before: it brings libvirt's log daemon up
        guest.stop();
        String units = host.activeUnits();
        String accounts = host.sh("cat /etc/passwd /etc/shadow /etc/group /etc/gshadow");
        host.beforeEach("/usr/bin/systemctl", """
                if [ "$1" = stop ] && [ ! -e /run/started ]; then
                    virsh start tiny >/run/started
                fi
                """);

        Result refusal = host.agent("--convert-now");

        assertEquals(BLOCKED_BY_GUESTS, refusal.exitCode(), refusal.out());
        assertTrue(refusal.out().contains("tiny has started"), refusal.out());
        assertTrue(guest.isRunning());
        assertEquals("109:114", guest.ids());
        assertEquals("+109:+114", host.baseLabel());
        assertEquals("", host.filesWith(64055, 64055));
        assertEquals(units, host.activeUnits());
        assertEquals(accounts, host.sh("cat /etc/passwd /etc/shadow /etc/group /etc/gshadow"));
    }

    @Test
    void itWaitsForTheGuestsIfItIsToldTo() {
        Guest guest = host.guest("tiny").start();
        Running conversion = host.start("libvirt-id-agent", "--convert-now", "--wait", "30s");
        await(() -> conversion.outSoFar().contains("Waiting: guest tiny is running"));
        assertEquals("109:114", host.ids());

        guest.stop();

        conversion.await(Duration.ofSeconds(30)).mustSucceed();
        assertEquals("64055:64055", host.ids());
    }

    @Test
    void oneThatHasWaitedInVainSaysSo() {
        host.guest("tiny").start();

        Result refusal = host.agent("--convert-now", "--wait", "1s");

        assertEquals(BLOCKED_BY_GUESTS, refusal.exitCode());
        assertEquals("109:114", host.ids());
    }

    private Result refused() {
        String before = host.snapshot();

        Result refusal = host.agent("--convert-now");

        assertEquals(BLOCKED_BY_GUESTS, refusal.exitCode(), refusal.out());
        assertEquals("", Change.between(before, host.snapshot()));
        return refusal;
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < deadline, "waited in vain");
            sleep();
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
