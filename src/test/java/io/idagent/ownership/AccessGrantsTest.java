package io.idagent.ownership;

import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Gid;
import io.idagent.platform.LibC;
import io.idagent.platform.Uid;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Real lists on real file systems, with lists and without. */
@Tag("root")
class AccessGrantsTest {

    private static final Set<Uid> BOTH = uids(109, 64055);

    @RegisterExtension
    final TestDisks disks = new TestDisks();

    @TempDir
    Path directory;

    private final AccessGrants grants = new AccessGrants(LibC.load());
    private TreeBase base;

    @BeforeEach
    void open() throws Exception {
        base = TreeBase.below(LibC.load(), directory);
    }

    @AfterEach
    void close() {
        base.close();
    }

    @Test
    void modeAndListComeBackExactly() throws Exception {
        Path disk = disks.ext4(directory.resolve("r"));
        for (String mode : List.of("600", "640", "664", "000")) {
            sh(disk, "touch f; chown 109:114 f; chmod " + mode + " f");
            givenAndTakenBack(disk, "/r/f");
        }
        sh(disk, "setfacl -m u:33:rwx,g:44:r,m::r f");
        givenAndTakenBack(disk, "/r/f");
    }

    private void givenAndTakenBack(Path disk, String path) throws Exception {
        String before = sh(disk, "getfacl -n f; stat -c %a f");
        AccessGrant grant = needed(path, 6, false);
        assertEquals(Optional.empty(), grants.make(base, grant));
        assertEquals("ok", sh(disk, "setpriv --reuid=64055 --clear-groups sh -c '[ -w f ]' && echo ok"));
        String given = sh(disk, "getfacl -n f");
        assertEquals(Optional.empty(), grants.make(base, grant), "twice is once");
        assertEquals(given, sh(disk, "getfacl -n f"));
        assertInstanceOf(AccessGrants.Undone.Done.class, grants.undo(base, grant));
        assertInstanceOf(AccessGrants.Undone.Done.class, grants.undo(base, grant), "twice is once");
        assertEquals(before, sh(disk, "getfacl -n f; stat -c %a f"));
    }

    /** Where only an administrator may set lists, he has done so. */
    @Test
    void aListThatAllowsItAlreadyNeedNotBeWritten() throws Exception {
        Path disk = disks.ext4(directory.resolve("r"));
        sh(disk, "touch f; chmod 600 f; setfacl -m u:109:rw,u:64055:rw f; chattr +i f");
        String before = sh(disk, "getfacl -n f");
        AccessGrant grant = needed("/r/f", 6, false);
        assertEquals(Optional.empty(), grants.make(base, grant));
        assertInstanceOf(AccessGrants.Undone.Done.class, grants.undo(base, grant));
        assertEquals(before, sh(disk, "getfacl -n f"));
        sh(disk, "chattr -i f");
    }

    @Test
    void withoutListsOnlyTheModeIsLeftAndOnlyIfThatWasSaid() throws Exception {
        Path disk = disks.ramfs(directory.resolve("r"));
        sh(disk, "touch f; chmod 640 f");
        AccessGrants.Plan.Refused refused =
                assertInstanceOf(AccessGrants.Plan.Refused.class, grants.plan(base, "/r/f", BOTH, 6, false));
        assertTrue(refused.why().contains("--allow-world-writable"), refused.why());
        AccessGrant grant = needed("/r/f", 6, true);
        assertEquals(Optional.empty(), grants.make(base, grant));
        assertEquals("646", sh(disk, "stat -c %a f"));
        assertInstanceOf(AccessGrants.Undone.Done.class, grants.undo(base, grant));
        assertEquals("640", sh(disk, "stat -c %a f"));
    }

    @Test
    void whatEverybodyReadsNeedsNoEntryForReading() throws Exception {
        Path disk = disks.ext4(directory.resolve("r"));
        sh(disk, "touch f; chmod 644 f");
        assertInstanceOf(AccessGrants.Plan.NotNeeded.class, grants.plan(base, "/r/f", BOTH, 4, false));
        assertInstanceOf(AccessGrants.Plan.Needed.class, grants.plan(base, "/r/f", BOTH, 6, false));
        sh(disk, "chmod 640 f");
        assertInstanceOf(AccessGrants.Plan.Needed.class, grants.plan(base, "/r/f", BOTH, 4, false));
    }

    /** The account can write in the directory: it swaps the image for a link to something of root's. */
    @Test
    void whatWasPutInItsPlaceIsNotTouched() throws Exception {
        Path disk = disks.ext4(directory.resolve("r"));
        sh(disk, "mkdir d; touch d/f shadow; chmod 600 shadow; chown -R 109 d");
        AccessGrant grant = needed("/r/d/f", 6, false);
        sh(disk, "rm d/f; ln -s ../shadow d/f; chown -h 109 d/f");
        assertTrue(grants.make(base, grant).isPresent());
        assertInstanceOf(
                AccessGrants.Plan.Refused.class, grants.plan(base, "/r/d/f", BOTH, 6, false), "a link of its making");
        assertInstanceOf(AccessGrants.Undone.NothingThere.class, grants.undo(base, grant));
        sh(disk, "rm d/f; ln shadow d/f");
        assertTrue(grants.make(base, grant).isPresent(), "another file of this name");
        assertInstanceOf(AccessGrants.Undone.NothingThere.class, grants.undo(base, grant));
        assertEquals("600", sh(disk, "stat -c %a shadow"));
    }

    @Test
    void anImageIsGivenToWhomItsGuestRunsAs() throws Exception {
        Path disk = disks.ext4(directory.resolve("r"));
        sh(disk, "touch f; chown 64055:64055 f; chmod 600 f");
        AccessGrant grant = needed("/r/f", 6, false);
        assertEquals(Optional.empty(), grants.settle(base, grant, new Uid(64055), Optional.empty(), false));
        assertEquals(Optional.empty(), grants.settle(base, grant, new Uid(109), Optional.of(new Gid(114)), false));
        assertEquals("109:114", sh(disk, "stat -c %u:%g f"));
        assertTrue(grants.settle(base, grant, new Uid(64055), Optional.empty(), true)
                .isPresent());
        assertEquals("109:114", sh(disk, "stat -c %u:%g f"), "guests under other numbers need it as well");
    }

    private AccessGrant needed(String path, int permissions, boolean forEverybody) {
        return assertInstanceOf(
                        AccessGrants.Plan.Needed.class, grants.plan(base, path, BOTH, permissions, forEverybody))
                .grant();
    }

    private static Set<Uid> uids(long... numbers) {
        Set<Uid> uids = new TreeSet<>(java.util.Comparator.comparingLong(Uid::value));
        for (long number : numbers) {
            uids.add(new Uid(number));
        }
        return uids;
    }
}
