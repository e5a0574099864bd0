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
import java.time.Duration;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void aTreeThatNeedsMoreDescriptorsThanThereAreIsWalkedAllTheSame() throws Exception {
        perl(tree, """
                for (1..300) { mkdir "side"; mkdir "deeper" or die; chown 109, 114, "deeper"; chdir "deeper" or die }
                """);
        String self = Long.toString(ProcessHandle.current().pid());
        String limits = TestDisks.run("prlimit", "--pid", self, "--nofile", "--noheadings", "--output", "SOFT,HARD");
        int open = new File("/proc/self/fd").list().length;
        ScanResult result;
        TestDisks.run("prlimit", "--pid", self, "--nofile=" + (open + 20) + ":");
        try {
            result = fixture.scan(root("/r"));
        } finally {
            TestDisks.run("prlimit", "--pid", self, "--nofile=" + limits.split("\\s+")[0] + ":");
        }
        assertEquals(List.of(), result.errors());
        assertEquals(601, result.entries());
        assertEquals(300, fixture.hits.size());
        assertEquals(0, descriptors(), "all closed");
    }

    @Test
    void aFileSystemThatHangsIsGivenUpAndTheRestIsSearched() throws Exception {
        sh(tree, "mkdir dead fine; touch fine/f; chown 109 fine/f");
        Path server = Files.createDirectory(base.resolve("server"));
        sh(server, "mkdir d; touch d/f; chown 109 d/f");
        long pid = disks.bindfs(server, tree.resolve("dead"));
        TestDisks.run("kill", "-STOP", Long.toString(pid));
        try {
            ScanLimits limits = new ScanLimits(4, Duration.ofMillis(500));
            ScanResult result = fixture.scan(root("/r"), limits);
            assertEquals(Set.of("/r/fine/f"), fixture.hitsByPath().keySet());
            assertEquals(1, result.errorCount());
            assertTrue(
                    result.errors().get(0).sentence().contains("has not answered"),
                    result.errors().get(0).sentence());
            ScanResult below = fixture.scan(root("/r/dead/d"), limits);
            assertEquals(1, below.errorCount(), "not even on the way to a root");
        } finally {
            TestDisks.run("kill", "-CONT", Long.toString(pid));
        }
        for (int i = 0; i < 500 && descriptors() > 0; i++) {
            Thread.sleep(10);
        }
        assertEquals(0, descriptors(), "whoever was given up closes what he had when he comes back");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM"})
    void aSandboxWithoutOpenat2ChangesNothingInWhatIsFound(String refusal) throws Exception {
        sh(tree, "mkdir -p a/b c; touch a/f a/b/f c/f; chown 109:114 a/f a/b/f c");
        assertEquals("/r/a/b/f Changed\n/r/a/f Changed\n/r/c Changed", inAWorldWith("openat2", "error=" + refusal));
    }

    /** As chown fails, whatever the quota: no file system here lets root run into one. */
    @Test
    void anOwnerWhoseQuotaIsExhaustedIsAReasonAndTheRestGoesOn() throws Exception {
        sh(tree, "touch a b c; chown 109:114 a b c");
        String outcomes = inAWorldWith("fchownat", "error=EDQUOT:when=2");
        assertEquals(2, outcomes.split("Changed", -1).length - 1, outcomes);
        assertTrue(outcomes.contains("to 64055:64055: Disk quota exceeded"), outcomes);
    }

    /** A scan and a change in a process to which the kernel answers otherwise. */
    private String inAWorldWith(String call, String answer) throws Exception {
        return TestDisks.run(
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + call,
                "-e",
                "inject=" + call + ":" + answer,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SandboxedScan.class.getName(),
                base.toString(),
                "/r");
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
