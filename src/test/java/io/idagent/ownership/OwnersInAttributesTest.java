package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Real ACLs and libvirt's records, on a real ext4. */
@Tag("root")
class OwnersInAttributesTest {

    private static final String ACLS = "getfacl -n -p --omit-header";
    private static final String RECORD = "trusted.libvirt.security.dac";

    @RegisterExtension
    final TestDisks disks = new TestDisks();

    @TempDir
    Path base;

    private Path tree;
    private ScanFixture fixture;

    @BeforeEach
    void aTreeOnItsOwnFileSystem() throws Exception {
        tree = disks.ext4(base.resolve("r"));
        sh(tree, "rmdir lost+found");
        fixture = new ScanFixture(base);
    }

    @Test
    void anEntryGetsTheNewIdAndNothingElseInTheAclChanges() throws Exception {
        sh(tree, "touch f; chmod 640 f; setfacl -m u:109:rw,u:1000:r,g:114:x,g:1000:rwx,m::rx f");
        String before = sh(tree, ACLS + " f");
        String mode = sh(tree, "stat -c '%a %u:%g %x %y' f");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of("/r/f ACL FORMER_ID"), fixture.found());
        assertEquals(1, result.acls().files());
        changeAll();
        List<String> expected = Stream.of(before.replace("user:109:", "user:64055:")
                        .replace("group:114:", "group:64055:")
                        .split("\n"))
                .sorted()
                .toList();
        assertEquals(
                expected, Stream.of(sh(tree, ACLS + " f").split("\n")).sorted().toList());
        assertEquals(mode, sh(tree, "stat -c '%a %u:%g %x %y' f"));
        assertEquals(0, fixture.scan(root("/r")).toChange());
    }

    @Test
    void anEntryIsMergedWithTheOneThatTheNewIdHas() throws Exception {
        sh(tree, "touch f; chmod 600 f; setfacl -m u:109:r,u:64055:w,g:114:r,g:64055:x,m::rwx f");
        Hit hit = onlyHit();
        changeAll();
        assertEquals(
                "user::rw-\nuser:64055:rw-\ngroup::---\ngroup:64055:r-x\nmask::rwx\nother::---", sh(tree, ACLS + " f"));
        assertEquals(new ChangeOutcome.AlreadyDone(), fixture.change(hit));
        assertEquals(
                new ChangeOutcome.Changed(List.of(), List.of()), fixture.change(hit.reversed()), "exactly as it was");
        assertTrue(sh(tree, ACLS + " f").contains("user:109:r--\nuser:64055:-w-"));
    }

    @Test
    void theDefaultAclOfADirectoryAndTheOneOfARootAreFound() throws Exception {
        sh(tree, "mkdir d; setfacl -m d:u:109:rwx d; setfacl -m g:114:rx .");
        fixture.scan(root("/r"));
        assertEquals(List.of("/r ACL FORMER_ID", "/r/d DEFAULT_ACL FORMER_ID"), fixture.found());
        changeAll();
        assertTrue(sh(tree, ACLS + " -d d").contains("user:64055:rwx"));
        assertTrue(sh(tree, ACLS + " .").contains("group:64055:r-x"));
    }

    @Test
    void aFileThatIsARootHasAttributesToo() throws Exception {
        sh(tree, "touch disk; setfacl -m u:109:rw disk");
        fixture.scan(root("/r/disk"));
        assertEquals(List.of("/r/disk ACL FORMER_ID"), fixture.found());
    }

    @Test
    void theOwnerThatLibvirtWouldGiveAFileBackToIsReplaced() throws Exception {
        sh(
                tree,
                "touch both half names; setfattr -n " + RECORD + " -v +109:+114 both; setfattr -n " + RECORD
                        + " -v +0:+114 half; setfattr -n " + RECORD + " -v libvirt-qemu:kvm names; chown 109:114 both");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(2, result.ownerRecords().files());
        assertEquals(3, result.toChange());
        assertEquals(
                List.of(OwnerAttribute.LIBVIRT_RECORD),
                fixture.hits.stream()
                        .filter(hit -> hit.path().toString().equals("/r/both"))
                        .limit(1)
                        .map(hit -> ((AttributeHit) hit).attribute())
                        .toList(),
                "before the owner, as only the owner may change it where root is nobody");
        changeAll();
        assertEquals("+64055:+64055\n+0:+64055\nlibvirt-qemu:kvm", records("both half names"));
        assertEquals("64055:64055", sh(tree, "stat -c %u:%g both"));
    }

    @Test
    void aRecordFromBeforeTheLastBootIsReportedAndLeft() throws Exception {
        String stamp = "setfattr -n trusted.libvirt.security.timestamp_dac -v ";
        sh(
                tree,
                "touch old new; setfattr -n " + RECORD + " -v +109:+114 old new; " + stamp + "1000000000 old; " + stamp
                        + "$(sed -n 's/^btime //p' /proc/stat) new");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of("/r/old"), result.staleRecords().firstPaths());
        assertEquals(List.of("/r/new LIBVIRT_RECORD FORMER_ID"), fixture.found());
    }

    @Test
    void aFileWithSeveralNamesIsChangedOnce() throws Exception {
        sh(tree, "touch f; setfacl -m u:109:rw f; ln f g; ln f h; chown 109 f");
        assertEquals(2, fixture.scan(root("/r")).toChange());
        assertEquals(2, fixture.hits.size());
    }

    @Test
    void anAttributeThatSomebodyHasChangedSinceIsNotTouched() throws Exception {
        sh(tree, "touch f; setfacl -m u:109:rw f");
        Hit hit = onlyHit();
        sh(tree, "setfacl -m u:109:r f");
        assertInstanceOf(ChangeOutcome.Replaced.class, fixture.change(hit));
        sh(tree, "setfacl -b f");
        assertInstanceOf(ChangeOutcome.Replaced.class, fixture.change(hit));
        assertEquals("user::rw-\ngroup::r--\nother::r--", sh(tree, ACLS + " f"));
    }

    @Test
    void anImmutableFileKeepsItsAclAndTheReasonIsSaid() throws Exception {
        sh(tree, "touch f; setfacl -m u:109:rw f; chattr +i f");
        ChangeOutcome.Failed failed = assertInstanceOf(ChangeOutcome.Failed.class, fixture.change(onlyHit()));
        assertTrue(failed.sentence().contains("chattr -i"), failed.sentence());
    }

    @Test
    void anAclThatNamesTheTargetAlreadyIsNotedForARollback() throws Exception {
        sh(tree, "touch f; setfacl -m u:64055:rw f");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of("/r/f ACL ALREADY_TARGET"), fixture.found());
        assertEquals(0, result.toChange());
    }

    @Test
    void otherAttributesAndLinksAreNoConcern() throws Exception {
        sh(
                tree,
                "touch f; setfattr -n user.note -v 109 f; setfattr -h -n " + RECORD + " -v +109:+114 f; "
                        + "ln -s f link; setfattr -n trusted.libvirt.security.ref_dac -v 1 f");
        fixture.scan(root("/r"));
        assertEquals(List.of("/r/f LIBVIRT_RECORD FORMER_ID"), fixture.found());
    }

    @Test
    void aFileWithAnEndlessListOfAttributesIsReadAllTheSame() throws Exception {
        Path tmpfs = disks.tmpfs(tree.resolve("tmpfs"));
        sh(
                tmpfs,
                "touch f; i=0; while [ $i -lt 40 ]; do i=$((i+1)); setfattr -n trusted." + "x".repeat(200)
                        + "$i -v 1 f; done; setfacl -m u:109:rw f");
        fixture.scan(root("/r"));
        assertEquals(List.of("/r/tmpfs/f ACL FORMER_ID"), fixture.found());
    }

    @Test
    void aFileSystemWithoutAttributesIsAskedOnce() throws Exception {
        Path ramfs = disks.ramfs(tree.resolve("ramfs"));
        sh(ramfs, "mkdir d; touch d/f; chown 109 d/f");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of("/r/ramfs/d/f 109:0 64055:0 FORMER_ID"), fixture.found());
        assertTrue(result.isComplete());
        try (TreeBase ram = TreeBase.below(fixture.libC, ramfs);
                TreeBase ext4 = TreeBase.below(fixture.libC, tree)) {
            AttributeLook look = new AttributeLook(
                    fixture.libC, new AttributeRules(root("/r").rules()), BootTime.ofThisHost());
            assertFalse(look.isSupported(ram.descriptor()));
            assertTrue(look.isSupported(ext4.descriptor()));
        }
    }

    private String records(String files) throws Exception {
        return sh(tree, "for f in " + files + "; do getfattr --only-values -n " + RECORD + " $f; echo; done");
    }

    private Hit onlyHit() throws Exception {
        fixture.scan(root("/r"));
        assertEquals(1, fixture.hits.size());
        return fixture.hits.get(0);
    }

    private void changeAll() throws Exception {
        fixture.scan(root("/r"));
        for (Hit hit : List.copyOf(fixture.hits)) {
            assertEquals(new ChangeOutcome.Changed(List.of(), List.of()), fixture.change(hit));
        }
    }
}
