package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How many threads search, where a file system is quick and where it takes its time. */
@Tag("root")
class SlowFileSystemTest {

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static final int MOST = PROCESSORS + 10;

    @RegisterExtension
    final TestDisks disks = new TestDisks();

    @TempDir
    Path base;

    private ScanFixture fixture;
    private int most;

    @BeforeEach
    void manyFilesOfTheAccount() throws Exception {
        Path files = disks.tmpfs(base.resolve("files"));
        sh(
                files,
                "for d in 1 2 3 4 5 6 7 8; do mkdir $d; for f in $(seq 100); do >$d/$f; done; done; chown -R 109:114 .");
        fixture = new ScanFixture(base);
    }

    @Test
    void whereAnAnswerTakesAMillisecondManyAskUpToTheLimit() throws Exception {
        Path slow = disks.slow(base.resolve("files"), Duration.ofMillis(1), base.resolve("slow"));
        fixture.pretend(slow, "ext4");
        scan("/slow");
        assertTrue(most > PROCESSORS && most <= MOST, () -> most + " threads");
    }

    @Test
    void whereAnswersComeAtOnceThereIsAThreadForEachProcessor() throws Exception {
        scan("/files");
        assertEquals(PROCESSORS, most);
    }

    private void scan(String root) throws Exception {
        try (TreeBase treeBase = TreeBase.below(fixture.libC, base)) {
            HitSink sink = hit -> {
                fixture.hits.add(hit);
                most = Math.max(most, walkers());
            };
            new OwnershipScanner(
                            fixture.libC, fixture.names, fixture.mounts(), new ScanLimits(MOST, Duration.ofMinutes(1)))
                    .scan(treeBase, root(root), sink, ScanProgress.NONE);
        }
        assertEquals(809, fixture.hits.size());
    }

    /** The system's own list: a thread that has ended is not in it. */
    private static int walkers() throws IOException {
        int walkers = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                walkers += Files.readString(thread.resolve("comm")).startsWith("walk-") ? 1 : 0;
            }
        }
        return walkers;
    }
}
