package io.idagent.lab;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The world as it is without our program: what it is there to mend can be seen in the lab. */
@NeedsLab
class LabTest {

    @Test
    void anOldHostRunsItsGuestsUnderItsOldNumbers(Lab lab) {
        Host old = lab.host("h1").withIds(109, 114).boot();
        Guest guest = old.guest("tiny").start();

        assertAll(
                () -> assertEquals("109:114", old.ids()),
                () -> assertEquals("+109:+114", old.baseLabel()),
                () -> assertEquals("109:114", guest.ids()),
                () -> assertEquals("109:114", old.owner(guest.image())),
                () -> assertEquals("109:114", old.owner("/var/lib/libvirt/qemu")),
                () -> assertEquals("", old.sh("find / -xdev \\( -uid 64055 -o -gid 64055 \\)")),
                () -> assertEquals("running", old.sh("systemctl is-system-running")));
    }

    @Test
    void libvirtGoesOnWithTheNumbersItHasCached(Lab lab) {
        Host old = lab.host("h1").withIds(109, 114).boot();
        assertEquals("+109:+114", old.baseLabel());

        old.sh("usermod -u 64055 libvirt-qemu && groupmod -g 64055 libvirt-qemu");
        assertEquals("+109:+114", old.baseLabel());

        old.sh("systemctl restart libvirtd");
        assertEquals("+64055:+64055", old.baseLabel());
    }

    @Test
    void aGuestCannotMoveToAHostWithOtherNumbers(Lab lab) {
        Host h1 = lab.host("h1").withImagesLikeNfs().boot();
        Host h2 = lab.host("h2").withIds(109, 114).withImagesLikeNfs().boot();
        Guest guest = h1.guest("tiny").start();

        Result migration = h1.migrate(guest, h2);

        assertFalse(migration.succeeded());
        assertTrue(migration.err().contains("Permission denied"), migration.err());
        assertTrue(guest.isRunning());
        assertFalse(h2.guest("tiny").isRunning());
    }

    @Test
    void aGuestMovesBetweenHostsWithTheSameNumbersAndBack(Lab lab) {
        Host h1 = lab.host("h1").withImagesLikeNfs().boot();
        Host h2 = lab.host("h2").withImagesLikeNfs().boot();
        Guest guest = h1.guest("tiny").start();

        h1.migrate(guest, h2).mustSucceed();
        assertTrue(h2.guest("tiny").isRunning());
        assertFalse(guest.isRunning());

        h2.migrate(h2.guest("tiny"), h1).mustSucceed();
        assertTrue(guest.isRunning());
    }

    @Test
    void aPlainSharedDirectoryServesForMigrationToo(Lab lab) {
        Host h1 = lab.host("h1").withSharedImages().boot();
        Host h2 = lab.host("h2").withSharedImages().boot();

        h1.migrate(h1.guest("tiny").start(), h2).mustSucceed();

        assertTrue(h2.guest("tiny").isRunning());
    }

    @Test
    void aSnapshotChangesWithAnOwnerAndNotByItself(Lab lab) {
        Host host = lab.host("h1").boot();
        host.guest("tiny").define();
        String before = host.snapshot();
        assertEquals(before, host.snapshot());

        host.sh("chown 109 /var/lib/libvirt/images/tiny.qcow2");
        assertNotEquals(before, host.snapshot());
    }

    @Test
    void aHostComesBackAfterAPowerCutWithItsDisk(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        Guest guest = host.guest("tiny").start();

        host.crash();
        host.bootAgain();

        assertEquals("109:114", host.ids());
        assertEquals("109:114", host.owner(guest.image()));
        assertFalse(guest.isRunning());
    }
}
