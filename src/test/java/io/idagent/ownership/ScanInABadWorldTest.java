package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.TestDisks.perl;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.MountTable;
import io.idagent.platform.NameServiceException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Names that are swapped while we look, and things that run out. */
@Tag("root")
class ScanInABadWorldTest {

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
    void aRootBehindALinkThatOthersCanHaveMadeIsRefused() throws Exception {
        sh(tree, """
                mkdir victim theirs writable; touch victim/f; chown 109:114 victim/f
                ln -s ../victim theirs/link; chown 109:114 theirs
                ln -s ../victim writable/link; chmod 1777 writable
                ln -s victim made; chown -h 109:114 made
                """);
        for (String link : List.of("/r/theirs/link", "/r/writable/link", "/r/made")) {
            ScanResult result = fixture.scan(root(link));
            assertEquals(List.of(), fixture.found(), link);
            assertEquals(1, result.errorCount(), link);
        }
    }

    @Test
    void aDirectoryForWhichNoDescriptorIsLeftIsAnErrorAndItsOwnerIsStillSeen() throws Exception {
        perl(tree, """
                for (1..100) { mkdir "side"; mkdir "deeper" or die; chown 109, 114, "deeper"; chdir "deeper" or die }
                """);
        assertTrue(fixture.scan(root("/r")).isComplete());
        assertEquals(100, fixture.hits.size());
        String self = Long.toString(ProcessHandle.current().pid());
        String limits = TestDisks.run("prlimit", "--pid", self, "--nofile", "--noheadings", "--output", "SOFT,HARD");
        int open = new File("/proc/self/fd").list().length;
        ScanResult result;
        TestDisks.run("prlimit", "--pid", self, "--nofile=" + (open + 30) + ":");
        try {
            result = fixture.scan(root("/r"));
        } finally {
            TestDisks.run("prlimit", "--pid", self, "--nofile=" + limits.split("\\s+")[0] + ":");
        }
        assertTrue(result.errorCount() > 0);
        assertEquals("EMFILE", result.errors().get(0).errno());
        String deepest = result.errors().get(0).path();
        assertTrue(fixture.hitsByPath().containsKey(deepest), deepest);
    }

    @Test
    void whoeverSwapsADirectoryForALinkNeverLeadsTheWalkOutside() throws Exception {
        // On the same file system: it must not be the mount that holds the walk back.
        sh(tree, "mkdir -p outside/sub; touch outside/f outside/sub/f; chown -R 109:114 outside");
        sh(tree, "mkdir -p in/d/sub; cd in; touch d/f d/sub/f; chown -R 109:114 d; ln -s ../outside link");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong swaps = new AtomicLong();
        Thread attacker = new Thread(() -> swap(stop, swaps), "attacker");
        attacker.start();
        String outside = sh(tree, "stat -c %i outside outside/f outside/sub outside/sub/f");
        Set<Long> forbidden = outside.lines().map(Long::valueOf).collect(Collectors.toSet());
        int inside = 0;
        try {
            for (int i = 0; i < 2000; i++) {
                fixture.scan(root("/r/in"));
                inside += fixture.hits.size();
                assertTrue(fixture.hits.stream().map(Hit::inode).noneMatch(forbidden::contains), "scan " + i);
            }
        } finally {
            stop.set(true);
            attacker.join();
        }
        assertTrue(inside > 2000 && swaps.get() > 100, inside + " hits, " + swaps + " swaps");
    }

    private void swap(AtomicBoolean stop, AtomicLong swaps) {
        Path in = tree.resolve("in");
        try {
            while (!stop.get()) {
                Files.move(in.resolve("d"), in.resolve("aside"), StandardCopyOption.ATOMIC_MOVE);
                Files.move(in.resolve("link"), in.resolve("d"), StandardCopyOption.ATOMIC_MOVE);
                Files.move(in.resolve("d"), in.resolve("link"), StandardCopyOption.ATOMIC_MOVE);
                Files.move(in.resolve("aside"), in.resolve("d"), StandardCopyOption.ATOMIC_MOVE);
                swaps.incrementAndGet();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aNameServiceThatIsDownEndsTheScan() throws Exception {
        sh(tree, "touch f; chown 333:0 f");
        fixture.names.breakDown();
        assertThrows(NameServiceException.class, () -> fixture.scan(root("/r")));
        assertEquals(0, descriptors(), "all closed");
    }

    @Test
    void aSinkThatFailsEndsTheScanAndNothingStaysOpen() throws Exception {
        sh(tree, "mkdir -p a/b c; chown 109:0 a/b");
        try (TreeBase treeBase = TreeBase.below(fixture.libC, base)) {
            OwnershipScanner scanner = new OwnershipScanner(fixture.libC, fixture.names, MountTable::ofThisProcess);
            HitSink full = hit -> {
                throw new IOException("No space left on device");
            };
            assertThrows(IOException.class, () -> scanner.scan(treeBase, root("/r"), full, ScanProgress.NONE));
        }
        assertEquals(0, descriptors(), "all closed");
    }

    /** How many open files of this process lie below the base. */
    private long descriptors() {
        return Arrays.stream(new File("/proc/self/fd").listFiles())
                .filter(link -> {
                    try {
                        return Files.readSymbolicLink(link.toPath()).startsWith(base);
                    } catch (IOException e) {
                        // The one with which the list itself was read.
                        return false;
                    }
                })
                .count();
    }
}
