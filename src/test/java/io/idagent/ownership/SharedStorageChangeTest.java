package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.ADOPT;
import static io.idagent.ownership.ScanFixture.rules;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** With {@code idagent.shared-storage=convert}: a tmpfs that mountinfo gives as NFS, and bindfs as a server that squashes root. */
@Tag("root")
class SharedStorageChangeTest {

    @RegisterExtension
    final TestDisks disks = new TestDisks();

    @TempDir
    Path base;

    private Path nas;
    private ScanFixture fixture;

    @BeforeEach
    void sharedStorage() throws Exception {
        nas = disks.tmpfs(base.resolve("r"));
        fixture = new ScanFixture(base);
        fixture.pretend(nas, "nfs4");
        fixture.convertSharedStorage();
    }

    @Test
    void anImageThatNobodyUsesIsChanged() throws Exception {
        sh(nas, "mkdir d; touch d/image; chown 109:114 d/image d; setfacl -m u:109:rw d/image");
        assertEquals(3, changeAll().size());
        assertEquals("64055:64055\n64055:64055", sh(nas, "stat -c %u:%g d d/image"));
        assertTrue(sh(nas, "getfacl -n d/image").contains("user:64055:rw-"));
        assertEquals("", sh(nas, "cat /proc/locks | grep \":$(stat -c %i d/image) 100 \" || true"), "no lock is left");
    }

    /** Of a run that was killed, or of somebody who wants to stand in the way. */
    @Test
    void aFileOfTheNameThatIsTriedStandsInNobodysWay() throws Exception {
        sh(nas, "mkdir d; touch d/image d/.libvirt-id-agent-probe; chown 109:114 d/image d");
        Map<String, ChangeOutcome> outcomes = changeAll();
        assertInstanceOf(ChangeOutcome.Changed.class, outcomes.get("/r/d/image"), outcomes.toString());
        assertEquals("d/.libvirt-id-agent-probe\nd/image", sh(nas, "find d -type f | sort"), "nothing is left behind");
    }

    @Test
    void anImageOnWhichAGuestHoldsALockIsListedAsInUse() throws Exception {
        sh(nas, "truncate -s 1M used free; chown 109:114 used free");
        Process qemu = lock("used", 201);
        try {
            Map<String, ChangeOutcome> outcomes = changeAll();
            ChangeOutcome.Failed failed = assertInstanceOf(ChangeOutcome.Failed.class, outcomes.get("/r/used"));
            assertEquals("EBUSY", failed.errno());
            assertTrue(failed.sentence().contains("in use"), failed.sentence());
            assertInstanceOf(ChangeOutcome.Changed.class, outcomes.get("/r/free"));
            assertEquals("64055:64055\n109:114", sh(nas, "stat -c %u:%g free used"));
        } finally {
            qemu.destroy();
            qemu.waitFor();
        }
    }

    @Test
    void whereLocksAreNotPassedOnNothingIsChanged() throws Exception {
        sh(nas, "touch image; chown 109:114 image");
        fixture.pretend(nas, "fuse.sshfs");
        ChangeOutcome.Failed failed =
                assertInstanceOf(ChangeOutcome.Failed.class, changeAll().get("/r/image"));
        assertTrue(failed.sentence().contains("passes no locks on"), failed.sentence());
        assertEquals("109:114", sh(nas, "stat -c %u:%g image"));
    }

    @Test
    void sharedStorageIsNeverChangedUnlessAskedFor() throws Exception {
        sh(nas, "touch image; chown 109:114 image");
        fixture.pretend(nas, "ext4");
        scan();
        ScanFixture careful = new ScanFixture(base);
        careful.pretend(nas, "nfs4");
        ChangeOutcome outcome = careful.change(fixture.hits.get(0));
        assertTrue(
                assertInstanceOf(ChangeOutcome.Failed.class, outcome).sentence().contains("nothing is to be changed"));
        assertEquals("109:114", sh(nas, "stat -c %u:%g image"));
    }

    @Test
    void whereRootIsNobodyTheReasonIsSaidOnceWithWhatToDo() throws Exception {
        sh(nas, "mkdir server; touch server/a server/b; chown 109:114 server/a server/b");
        Path squashed = nas.resolve("squashed");
        disks.bindfs(nas.resolve("server"), squashed, "--chown-deny", "--chgrp-deny");
        fixture.pretend(squashed, "fuse.glusterfs");
        fixture.scan(request("/r/squashed"));
        try (TreeBase treeBase = TreeBase.below(fixture.libC, base)) {
            OwnerChanger changer = fixture.changer();
            List<String> sentences = fixture.hits.stream()
                    .map(hit -> ((ChangeOutcome.Failed) changer.change(treeBase, hit)).sentence())
                    .toList();
            assertEquals(2, sentences.size());
            assertTrue(sentences.get(0).contains("run on the server: find EXPORT -uid 109"), sentences.get(0));
            assertTrue(sentences.get(1).contains("see above"), sentences.get(1));
        }
    }

    @Test
    void whereNumbersComeBackDifferentNothingIsChanged() throws Exception {
        sh(nas, "mkdir server; chmod 777 server; touch server/a; chown 109:114 server/a");
        Path mapped = nas.resolve("mapped");
        disks.bindfs(nas.resolve("server"), mapped, "--create-for-user=4321");
        fixture.pretend(mapped, "fuse.glusterfs");
        fixture.scan(request("/r/mapped"));
        ChangeOutcome.Failed failed = assertInstanceOf(ChangeOutcome.Failed.class, fixture.change(fixture.hits.get(0)));
        assertTrue(failed.sentence().contains("109 came back as 4321"), failed.sentence());
        assertEquals("a", sh(nas, "ls -A server"), "nothing is left behind");
    }

    /** As qemu does: a read lock on a byte, held until the process ends. */
    @Test
    void anImageOnALocalDiskThatOthersSeeByNfsIsNotTakenFromTheirGuests() throws Exception {
        fixture = new ScanFixture(base);
        fixture.export("/r");
        sh(nas, "truncate -s 1M used free; chown 109:114 used free");
        Process guestOfAClient = lock("used", 201);
        try {
            ChangeOutcome.Failed failed =
                    assertInstanceOf(ChangeOutcome.Failed.class, changeAll().get("/r/used"));
            assertEquals("EBUSY", failed.errno());
            assertEquals("64055:64055\n109:114", sh(nas, "stat -c %u:%g free used"));
        } finally {
            guestOfAClient.destroy();
            guestOfAClient.waitFor();
        }
    }

    private Process lock(String file, int at) throws Exception {
        Process process = new ProcessBuilder(
                        "perl",
                        "-e",
                        "use Fcntl; open F, '+<', $ARGV[0] or die; fcntl(F, 37, pack('ssx4qqix4', F_RDLCK, 0, $ARGV[1], 1, 0))"
                                + " or die $!; $| = 1; print \"held\\n\"; sleep 60",
                        nas.resolve(file).toString(),
                        Integer.toString(at))
                .start();
        assertEquals('h', process.getInputStream().read(), "the lock is held");
        return process;
    }

    private static ScanRequest request(String root) {
        return new ScanRequest(
                List.of(Root.reporting(Path.of(root))), List.of(), rules(ADOPT), SharedStorage.CONVERT, true);
    }

    private void scan() throws Exception {
        fixture.scan(request("/r"));
    }

    private Map<String, ChangeOutcome> changeAll() throws Exception {
        scan();
        Map<String, ChangeOutcome> outcomes = new TreeMap<>();
        for (Hit hit : List.copyOf(fixture.hits)) {
            String attribute = hit instanceof AttributeHit a ? " " + a.attribute() : "";
            outcomes.put(hit.path() + attribute, fixture.change(hit));
        }
        return outcomes;
    }
}
