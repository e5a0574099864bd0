package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.ADOPT;
import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.ScanFixture.rules;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.MountTable;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On real mounts; only what mountinfo calls them is sometimes pretended. */
@Tag("root")
class ScanAcrossMountsTest {

    @RegisterExtension
    final TestDisks disks = new TestDisks();

    @TempDir
    Path base;

    private Path tree;
    private ScanFixture fixture;

    @BeforeEach
    void aTreeOnItsOwnFileSystem() throws Exception {
        tree = disks.tmpfs(base.resolve("r"));
        fixture = new ScanFixture(base);
    }

    @Test
    void aTreeThatIsMountedTwiceIsFoundOnce() throws Exception {
        sh(tree, "mkdir -p a/sub b; touch a/sub/f; chown -R 109:114 a/sub");
        disks.bind(tree.resolve("a"), tree.resolve("b"));
        fixture.scan(root("/r"));
        assertEquals(2, fixture.hits.size());
    }

    @Test
    void aMountOfALocalFileSystemBelongsToTheRoot() throws Exception {
        Path inner = disks.ext4(tree.resolve("ext4"));
        sh(inner, "touch f; chown 109:114 f");
        fixture.scan(root("/r"));
        assertEquals(Set.of("/r/ext4/f"), fixture.hitsByPath().keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nfs4", "fuse.glusterfs", "neverheardof"})
    void sharedStorageIsCountedAndNotSentToTheSink(String type) throws Exception {
        Path nas = disks.tmpfs(tree.resolve("nas"));
        sh(nas, "mkdir d; echo 123 > d/f; ln d/f d/g; chown 109:114 d d/f");
        fixture.pretend(nas, type);
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of(), fixture.found());
        assertEquals(0, result.formerIds().files());
        MountTally mount = result.sharedStorage().get(0);
        assertEquals(nas.toString(), mount.mountPoint());
        assertEquals(type, mount.fileSystemType());
        assertEquals(2, mount.tally().files());
        assertEquals(4, mount.tally().bytes());
        assertTrue(result.isComplete());
    }

    @Test
    void aRootOnSharedStorageIsOnlyCounted() throws Exception {
        sh(tree, "touch f; chown 109:114 f");
        fixture.pretend(tree, "nfs");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of(), fixture.found());
        assertEquals(1, result.sharedStorage().get(0).tally().files());
    }

    @Test
    void ignoredSharedStorageAndPseudoFileSystemsAreNotEntered() throws Exception {
        Path nas = disks.tmpfs(tree.resolve("nas"));
        sh(nas, "touch f; chown 109:114 . f");
        fixture.pretend(nas, "nfs4");
        ScanResult ignoring = fixture.scan(new ScanRequest(
                List.of(Root.reporting(Path.of("/r"))), List.of(), rules(ADOPT), SharedStorage.IGNORE, true));
        assertEquals(1, ignoring.entries());
        assertEquals(List.of(), ignoring.sharedStorage());
        fixture.pretend(nas, "cgroup2");
        assertEquals(1, fixture.scan(root("/r")).entries());
        assertEquals(List.of(), fixture.found());
    }

    @Test
    void aSharedFileMountedOverAFileIsNotSentToTheSink() throws Exception {
        Path nas = disks.tmpfs(base.resolve("nas"));
        sh(nas, "touch f; chown 109:114 f");
        Path over = Files.createFile(tree.resolve("image"));
        disks.bindFile(nas.resolve("f"), over);
        fixture.pretend(over, "nfs4");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of(), fixture.found());
        assertEquals(1, result.sharedStorage().get(0).tally().files());
    }

    @Test
    void anAutomountIsNotStarted() throws Exception {
        sh(tree, "mkdir d; touch d/f; chown 109:114 d/f");
        Path questions = disks.automount(tree.resolve("d/auto"));
        ScanResult result = fixture.scan(root("/r"), new ScanLimits(2, Duration.ofSeconds(5)));
        assertTrue(result.isComplete(), () -> result.errors().toString());
        assertEquals(Set.of("/r/d/f"), fixture.hitsByPath().keySet());
        try (FileInputStream asked = new FileInputStream(questions.toFile())) {
            assertEquals(0, asked.available());
        }
    }

    @Test
    void aMountThatMountinfoDoesNotShowIsAnErrorAndNotEntered() throws Exception {
        MountTable without = MountTable.ofThisProcess();
        Path late = disks.tmpfs(tree.resolve("late"));
        sh(late, "touch f; chown 109:114 f");
        fixture.mountinfo(() -> without);
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of(), fixture.found());
        assertEquals("/r/late", result.errors().get(0).path());

        Iterator<MountTable> tables =
                List.of(without, MountTable.ofThisProcess()).iterator();
        fixture.mountinfo(tables::next);
        assertTrue(fixture.scan(root("/r")).isComplete(), "read again");
        assertEquals(1, fixture.hits.size());
    }
}
