package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Guest;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody has changed the numbers by hand, and neither restarted libvirt nor given files away. */
@NeedsLab
class RestartLabTest {

    private static final int NOT_READY = 2;
    private static final int READY_BUT = 1;

    private Host host;

    @BeforeEach
    void aHostChangedByHand(Lab lab) {
        host = lab.host("h1").withIds(109, 114).boot();
        assertEquals("+109:+114", host.baseLabel());
        host.sh("usermod -u 64055 libvirt-qemu && groupmod -g 64055 libvirt-qemu");
    }

    @Test
    void itIsNotReadyUntilLibvirtIsRestartedAndThenGetsItsFiles() {
        Result status = host.agent("status");
        assertEquals(NOT_READY, status.exitCode());
        assertTrue(status.out().startsWith("RESTART_NEEDED"), status.out());
        String units = host.activeUnits();

        host.agent("--convert-now").mustSucceed();

        assertEquals("+64055:+64055", host.baseLabel());
        assertEquals("", host.filesWith(109, 114));
        assertEquals(units, host.activeUnits());
        host.agent("status").mustSucceed();
    }

    /** It holds files open as 109, and must not lose them under its feet. */
    @Test
    void aGuestUnderTheOldIdsRunsOnThroughTheRestartAndTheHostIsReadyWhenItHasEnded() {
        Guest guest = host.guest("tiny").start();
        assertEquals("109:114", guest.ids());
        String pid = host.sh("cat /run/libvirt/qemu/tiny.pid");

        Result conversion = host.agent("--convert-now");

        assertEquals("+64055:+64055", host.baseLabel(), conversion.out());
        assertEquals(pid, host.sh("cat /run/libvirt/qemu/tiny.pid"));
        assertTrue(guest.isRunning());
        assertEquals("109:114", guest.ids());
        assertEquals("109:114", host.owner(guest.image()));
        assertEquals(3, conversion.exitCode(), conversion.out());
        assertEquals(NOT_READY, host.agent("status").exitCode());

        guest.stop();
        host.agent("--convert-now").mustSucceed();

        host.agent("status").mustSucceed();
        assertEquals("", host.filesWith(109, 114));
        assertEquals("64055:64055", guest.start().ids());
        host.agent("status").mustSucceed();
    }

    @Test
    void leftoversAreGivenToTheAccountWhileLibvirtAndItsGuestsStayUp() {
        host.agent("--convert-now").mustSucceed();
        Guest guest = host.guest("tiny").start();
        host.sh("touch /var/lib/libvirt/images/restored.raw && chown 109:114 /var/lib/libvirt/images/restored.raw");
        String libvirt = host.sh("systemctl show --value -p MainPID libvirtd");
        assertEquals(READY_BUT, host.agent("status").exitCode());

        host.agent("--convert-now").mustSucceed();

        assertEquals("64055:64055", host.owner("/var/lib/libvirt/images/restored.raw"));
        assertEquals(libvirt, host.sh("systemctl show --value -p MainPID libvirtd"));
        assertTrue(guest.isRunning());
        host.agent("status").mustSucceed();
    }
}
