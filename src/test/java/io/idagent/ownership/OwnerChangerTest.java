package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** With real owners, which only root can give, on a real ext4. */
@Tag("root")
class OwnerChangerTest {

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
    void onlyTheWrongHalfChanges() throws Exception {
        sh(tree, "touch uid gid both; chown 109:0 uid; chown 0:114 gid; chown 109:114 both");
        changeAll();
        assertEquals("64055:64055 both\n0:64055 gid\n64055:0 uid", sh(tree, "stat -c '%u:%g %n' *"));
    }

    @Test
    void theOtherHalfMayHaveChangedWhereItIsWantedAnyway() throws Exception {
        sh(tree, "touch f; chown 109:114 f");
        Hit hit = onlyHit();
        sh(tree, "chown 64055 f");
        assertEquals(new ChangeOutcome.Changed(List.of(), List.of()), fixture.change(hit));
        assertEquals("64055:64055", sh(tree, "stat -c %u:%g f"));
    }

    @Test
    void aSecondRunFindsItDoneAndTheWayBackRestoresTheOwner() throws Exception {
        sh(tree, "touch f; chown 109:0 f");
        Hit hit = onlyHit();
        assertEquals(new ChangeOutcome.Changed(List.of(), List.of()), fixture.change(hit));
        assertEquals(new ChangeOutcome.AlreadyDone(), fixture.change(hit));
        assertEquals(new ChangeOutcome.Changed(List.of(), List.of()), fixture.change(hit.reversed()));
        assertEquals("109:0", sh(tree, "stat -c %u:%g f"));
    }

    @Test
    void modeTimesAclAndContentStay() throws Exception {
        sh(tree, """
                mkdir d; echo content > f; chmod 2775 d; chmod 640 f; mkfifo fifo; chmod 620 fifo
                command -v setfacl >/dev/null && setfacl -m u:1000:rw f
                touch -a -d '2001-01-01 00:00:01.123456789Z' f d fifo; touch -m -d '2002-02-02 02:02:02.987654321Z' f d fifo
                chown 109:114 f fifo; chown 109:114 d; chmod 2775 d
                """);
        String what =
                "for n in d f fifo; do stat -c '%n %a %x %y %s %i' $n; done; getfacl -n d f fifo 2>/dev/null | grep -v '^#' || true";
        String before = sh(tree, what);
        changeAll();
        assertEquals(before, sh(tree, what));
        assertEquals("64055:64055\n64055:64055\n64055:64055", sh(tree, "stat -c %u:%g d f fifo"));
    }

    @Test
    void theOwnerOfALinkIsItsOwn() throws Exception {
        sh(base, "touch victim");
        sh(tree, "ln -s ../victim link; chown -h 109:114 link");
        changeAll();
        assertEquals("64055:64055", sh(tree, "stat -c %u:%g link"));
        assertEquals("0:0", sh(base, "stat -c %u:%g victim"));
    }

    @Test
    void whatTheKernelClearsIsPutBackWhereOnlyRootWrites() throws Exception {
        sh(tree, "touch tool; chown 0:114 tool; chmod 6755 tool");
        setCapability("tool");
        ChangeOutcome.Changed changed = assertInstanceOf(ChangeOutcome.Changed.class, fixture.change(onlyHit()));
        assertEquals("0:64055 6755", sh(tree, "stat -c '%u:%g %a' tool"));
        assertEquals(CAPABILITY, capability("tool"));
        assertEquals(
                List.of(
                        "/r/tool: set-uid and set-gid cleared by the change of owner and put back",
                        "/r/tool: file capabilities cleared by the change of owner and put back"),
                changed.notes());
    }

    @Test
    void whatTheKernelClearsIsGoneAndReportedWhereTheAccountWrites() throws Exception {
        sh(tree, "touch owns group; chown 109:0 owns; chmod 2755 owns; chown 0:114 group; chmod 4775 group");
        setCapability("group");
        fixture.scan(root("/r"));
        Map<String, Hit> hits = fixture.hitsByPath();
        ChangeOutcome.Changed owns = assertInstanceOf(ChangeOutcome.Changed.class, fixture.change(hits.get("/r/owns")));
        assertTrue(owns.notes().get(0).startsWith("/r/owns: set-gid cleared by the change of owner and not put back"));
        ChangeOutcome.Changed group =
                assertInstanceOf(ChangeOutcome.Changed.class, fixture.change(hits.get("/r/group")));
        assertTrue(group.notes().get(0).contains("set-uid cleared by the change of owner and not put back"));
        assertTrue(group.notes().get(1).contains("capabilities cleared by the change of owner and not put back"));
        assertEquals("64055:0 755\n0:64055 775", sh(tree, "stat -c '%u:%g %a' owns group"));
        assertEquals("", capability("group"));
    }

    /** With set-gid anybody who may run it has the rights of its group: those of a number without a name become nobody's. */
    @Test
    void whatIsAdoptedBringsNoRightsAlong() throws Exception {
        sh(tree, "touch tool; chown 0:333 tool; chmod 2755 tool");
        setCapability("tool");
        fixture.scan(ScanFixture.roots(Root.adopting(Path.of("/r"))));
        assertEquals(List.of("/r/tool 0:333 0:64055 ORPHAN"), fixture.found());
        ChangeOutcome.Changed changed =
                assertInstanceOf(ChangeOutcome.Changed.class, fixture.change(fixture.hits.get(0)));
        assertEquals("0:64055 755", sh(tree, "stat -c '%u:%g %a' tool"));
        assertEquals("", capability("tool"));
        assertEquals(
                List.of(
                        "/r/tool: set-gid cleared by the change of owner and not put back, as the file belonged to nobody",
                        "/r/tool: file capabilities cleared by the change of owner and not put back, as the file"
                                + " belonged to nobody"),
                changed.notes());
        assertInstanceOf(ChangeOutcome.AlreadyDone.class, fixture.change(fixture.hits.get(0)));
    }

    @Test
    void anImmutableFileFailsWithAReasonAndTheRestGoesOn() throws Exception {
        sh(tree, "touch a b c; chown 109:114 a b c; chattr +i b");
        Map<String, ChangeOutcome> outcomes = changeAll();
        ChangeOutcome.Failed failed = assertInstanceOf(ChangeOutcome.Failed.class, outcomes.get("/r/b"));
        assertEquals("EPERM", failed.errno());
        assertEquals(
                "cannot change the owner of /r/b to 64055:64055 (it is immutable; chattr -i makes it changeable):"
                        + " Operation not permitted (EPERM)",
                failed.sentence());
        assertEquals("64055:64055\n109:114\n64055:64055", sh(tree, "stat -c %u:%g a b c"));
    }

    @Test
    void aFileThatIsGoneIsGone() throws Exception {
        sh(tree, "mkdir d; touch d/f; chown 109:114 d/f");
        Hit hit = onlyHit();
        sh(tree, "rm -r d");
        assertEquals(new ChangeOutcome.Gone(), fixture.change(hit));
    }

    @Test
    void whatHasTakenItsPlaceIsNotTouched() throws Exception {
        sh(tree, "touch f; chown 109:114 f; touch victim; chown 109:114 victim; mkdir d; touch d/f; chown 109:114 d/f");
        fixture.scan(root("/r"));
        Map<String, Hit> hits = fixture.hitsByPath();
        String owners = "stat -L -c %u:%g victim elsewhere/f";

        // By a link to a file with the very owner that is looked for.
        sh(tree, "mv f old; ln -s victim f; chown -h 109:114 f; mv d elsewhere; ln -s elsewhere d");
        assertInstanceOf(ChangeOutcome.Replaced.class, fixture.change(hits.get("/r/f")));
        ChangeOutcome.Replaced behindLink =
                assertInstanceOf(ChangeOutcome.Replaced.class, fixture.change(hits.get("/r/d/f")));
        assertTrue(behindLink.sentence().contains("/r/d/f"));
        assertEquals("109:114\n109:114", sh(tree, owners));

        // By a hard link to it.
        sh(tree, "rm f; ln victim f");
        assertInstanceOf(ChangeOutcome.Replaced.class, fixture.change(hits.get("/r/f")));
        assertEquals("109:114", sh(tree, "stat -c %u:%g victim"));

        // The same file, but somebody has given it away.
        sh(tree, "rm f; mv old f; chown 1000:1000 f");
        ChangeOutcome.Replaced given = assertInstanceOf(ChangeOutcome.Replaced.class, fixture.change(hits.get("/r/f")));
        assertEquals("the owner of /r/f has changed meanwhile: 1000:1000 instead of 109:114", given.sentence());
        assertEquals("1000:1000", sh(tree, "stat -c %u:%g f"));
    }

    @Test
    void aFormerUidThatIsTwoToTheThirtyOneAndMoreIsANumberLikeAnyOther() throws Exception {
        sh(tree, "touch f; chown 4294967294:0 f");
        fixture.scan(root("/r"));
        Hit found = new OwnerHit(
                RawPath.of(Path.of("/r/f")),
                Long.parseLong(sh(tree, "stat -c %i f")),
                FileType.REGULAR,
                0644,
                new Owner(new Uid(4294967294L), Gid.ROOT),
                new Owner(new Uid(64055), Gid.ROOT),
                Reason.FORMER_ID,
                0);
        assertEquals(new ChangeOutcome.Changed(List.of(), List.of()), fixture.change(found));
        assertEquals("64055:0", sh(tree, "stat -c %u:%g f"));
    }

    @Test
    void withoutOpenat2TheSameFileIsPinnedAndNoLinkFollowed() throws Exception {
        sh(tree, "mkdir -p a/b; touch a/b/f; ln -s a alias; ln -s f a/b/link");
        PathPin pins = new PathPin(fixture.libC);
        FileStatus status = new FileStatus();
        try (TreeBase treeBase = TreeBase.below(fixture.libC, base)) {
            int pin = pins.stepwise(treeBase.descriptor(), names("/r/a/b/f"), false);
            fixture.libC.statx(pin, 0, status);
            assertEquals(sh(tree, "stat -c %i a/b/f"), Long.toString(status.inode()));
            fixture.libC.close(pin);
            pin = pins.stepwise(treeBase.descriptor(), names("/r/a/b/link"), false);
            fixture.libC.statx(pin, 0, status);
            assertEquals(sh(tree, "stat -c %i a/b/link"), Long.toString(status.inode()));
            fixture.libC.close(pin);
            assertTrue(pins.stepwise(treeBase.descriptor(), names("/r/alias/b/f"), false) < 0);
        }
    }

    // cap_net_raw, effective: VFS_CAP_REVISION_2, as setcap(8) writes it.
    private static final String CAPABILITY = "0100000200200000000000000000000000000000";

    private void setCapability(String name) throws Exception {
        sh(tree, "setfattr -n security.capability -v 0x" + CAPABILITY + " " + name);
    }

    private String capability(String name) throws Exception {
        return sh(
                tree,
                "getfattr -e hex -n security.capability --only-values " + name
                        + " 2>/dev/null | od -An -v -tx1 | tr -d ' \\n'");
    }

    private Hit onlyHit() throws Exception {
        fixture.scan(root("/r"));
        assertEquals(1, fixture.hits.size());
        return fixture.hits.get(0);
    }

    private Map<String, ChangeOutcome> changeAll() throws Exception {
        fixture.scan(root("/r"));
        Map<String, ChangeOutcome> outcomes = new HashMap<>();
        for (Hit hit : fixture.hits) {
            outcomes.put(hit.path().toString(), fixture.change(hit));
        }
        return outcomes;
    }

    private static List<byte[]> names(String path) {
        return RawPath.of(Path.of(path)).names();
    }
}
