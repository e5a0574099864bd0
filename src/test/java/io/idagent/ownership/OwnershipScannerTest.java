package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.ADOPT;
import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.ScanFixture.roots;
import static io.idagent.ownership.ScanFixture.rules;
import static io.idagent.ownership.TestDisks.perl;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.FileType;
import io.idagent.platform.MountTable;
import io.idagent.platform.NameServiceException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
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

/** On real trees, with owners that only root can give. */
@Tag("root")
class OwnershipScannerTest {

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
    void everyTypeOfFileIsFoundTheRootItselfToo() throws Exception {
        sh(tree, """
                mkdir d; touch d/f; mkfifo d/fifo; mknod d/block b 7 99; mknod d/char c 1 3; ln -s /etc/passwd d/link
                perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "d/socket", Listen => 1) or die'
                touch d/roots; chown -h 109:114 . d d/f d/fifo d/block d/char d/link d/socket
                """);
        ScanResult result = fixture.scan(root("/r"));
        Set<FileType> types = fixture.hits.stream().map(Hit::type).collect(Collectors.toSet());
        assertEquals(
                Set.of(
                        FileType.DIRECTORY,
                        FileType.REGULAR,
                        FileType.FIFO,
                        FileType.BLOCK_DEVICE,
                        FileType.CHARACTER_DEVICE,
                        FileType.SYMBOLIC_LINK,
                        FileType.SOCKET),
                types);
        assertEquals(8, result.formerIds().files());
        assertEquals(9, result.entries());
        assertTrue(result.isComplete());
        assertTrue(fixture.hitsByPath().containsKey("/r"));
    }

    @Test
    void aSymbolicLinkIsNeverFollowed() throws Exception {
        sh(base, "mkdir outside; touch outside/f; chown -R 109:114 outside");
        sh(tree, "ln -s ../outside in; ln -s ../outside/f file; ln -s . loop");
        fixture.scan(root("/r"));
        assertEquals(List.of(), fixture.found());
    }

    @Test
    void namesAreBytes() throws Exception {
        sh(tree, """
                mkdir "$(printf 'd\\377')"; touch "$(printf 'd\\377/new\\nline')" "$(printf 'd\\377/\\303')" "d$(printf '\\377')/ "
                chown -R 109:114 d*
                """);
        fixture.scan(root("/r"));
        assertEquals(
                Set.of("/r/d\\xff", "/r/d\\xff/new\\x0aline", "/r/d\\xff/\\xc3", "/r/d\\xff/ "),
                fixture.hitsByPath().keySet());
        for (Hit hit : fixture.hits) {
            assertEquals(new ChangeOutcome.Changed(List.of()), fixture.change(hit));
        }
        assertEquals(0, fixture.scan(root("/r")).formerIds().files());
    }

    @Test
    void aFileWithTwoNamesIsFoundOnce() throws Exception {
        sh(tree, "mkdir a b; echo 12345 > a/f; ln a/f b/g; ln a/f b/h; chown 109:114 a/f");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(1, fixture.hits.size());
        assertEquals(1, result.formerIds().files());
        assertEquals(6, result.formerIds().bytes());
    }

    @Test
    void aTreeThatIsMountedTwiceIsFoundOnce() throws Exception {
        sh(tree, "mkdir -p a/sub b; touch a/sub/f; chown -R 109:114 a/sub");
        disks.bind(tree.resolve("a"), tree.resolve("b"));
        fixture.scan(root("/r"));
        assertEquals(2, fixture.hits.size());
    }

    @Test
    void orphansAreAdoptedWhereTheInnermostRootSaysSo() throws Exception {
        sh(
                tree,
                "mkdir -p own/foreign/own; touch f own/f own/foreign/f own/foreign/own/f; find . -name f | xargs chown 333:333");
        ScanResult result = fixture.scan(roots(
                new Root(Path.of("/r/own"), true),
                new Root(Path.of("/r"), false),
                new Root(Path.of("/r/own/foreign"), false),
                new Root(Path.of("/r/own/foreign/own"), true)));
        assertEquals(
                List.of("/r/own/f 333:333 64055:64055 ORPHAN", "/r/own/foreign/own/f 333:333 64055:64055 ORPHAN"),
                fixture.found());
        assertEquals(2, result.adoptableOrphans().files());
        assertEquals(2, result.otherOrphans().files());
        assertEquals(8, result.entries(), "each looked at once");
    }

    @Test
    void aFileCanBeARoot() throws Exception {
        sh(tree, "touch disk other; chown 333:0 disk other");
        fixture.scan(roots(new Root(Path.of("/r/disk"), true)));
        assertEquals(List.of("/r/disk 333:0 64055:0 ORPHAN"), fixture.found());
        fixture.scan(roots(new Root(Path.of("/r"), false), new Root(Path.of("/r/disk"), true)));
        assertEquals(List.of("/r/disk 333:0 64055:0 ORPHAN"), fixture.found());
    }

    @Test
    void anExclusionIsLeftOutWithAllBelowEvenARoot() throws Exception {
        sh(tree, "mkdir -p a/b c; touch a/f a/b/f c/f d; chown -R 109:114 a c d; ln -s a alias");
        ScanRequest request = new ScanRequest(
                List.of(new Root(Path.of("/r"), false), new Root(Path.of("/r/a/b"), false)),
                List.of(Path.of("/r/alias"), Path.of("/r/d")),
                rules(ADOPT),
                SharedStorage.REPORT,
                true);
        fixture.scan(request);
        assertEquals(Set.of("/r/c", "/r/c/f"), fixture.hitsByPath().keySet());
    }

    @Test
    void aRootThatDoesNotExistIsNoError() throws Exception {
        ScanResult result = fixture.scan(root("/r/absent/too"));
        assertEquals(List.of(Path.of("/r/absent/too")), result.absentRoots());
        assertTrue(result.isComplete());
    }

    @Test
    void aRootMayBeReachedThroughALinkOfRootAlone() throws Exception {
        sh(
                tree,
                "mkdir -p data/deep; touch data/f; chown 109:114 data/f; ln -s /r/data/deep/.. absolute; ln -s ../../../r/data up");
        fixture.scan(root("/r/absolute"));
        assertEquals(Set.of("/r/data/f"), fixture.hitsByPath().keySet());
        fixture.scan(root("/r/up"));
        assertEquals(Set.of("/r/data/f"), fixture.hitsByPath().keySet());
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
                List.of(new Root(Path.of("/r"), false)), List.of(), rules(ADOPT), SharedStorage.IGNORE, true));
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

    @Test
    void aTreeDeeperThanPathMaxIsWalkedWithFewDescriptorsAndChanged() throws Exception {
        perl(tree, """
                for (1..3000) { mkdir "level-$_" or die; chdir "level-$_" or die }
                open F, ">f" or die; chown 109, 114, "f", "."
                """);
        long[] most = {0};
        ScanRequest request = root("/r");
        try (TreeBase treeBase = TreeBase.below(fixture.libC, base)) {
            HitSink sink = hit -> {
                fixture.hits.add(hit);
                most[0] = Math.max(most[0], descriptors());
            };
            new OwnershipScanner(fixture.libC, fixture.names, MountTable::ofThisProcess)
                    .scan(treeBase, request, sink, ScanProgress.NONE);
        }
        assertEquals(2, fixture.hits.size());
        assertTrue(fixture.hits.get(0).path().length() > 30_000);
        assertTrue(most[0] >= 1 && most[0] < 10, () -> most[0] + " descriptors");
        assertEquals(0, descriptors(), "all closed");
        for (Hit hit : fixture.hits) {
            assertEquals(new ChangeOutcome.Changed(List.of()), fixture.change(hit));
        }
        assertEquals(0, fixture.scan(request).formerIds().files());
    }

    @Test
    void aHugeDirectoryIsReadToItsEnd() throws Exception {
        perl(
                tree,
                "for (1..200000) { open F, \">file-with-a-rather-long-name-$_\" or die; close F }"
                        + " chown 109, 114, \"file-with-a-rather-long-name-$_\" for (1, 100000, 200000)");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(200_001, result.entries());
        assertEquals(3, fixture.hits.size());
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
    void readingADirectoryDoesNotChangeItsTimes() throws Exception {
        sh(tree, "mkdir d; touch d/f; touch -a -d '2001-01-01' d; touch -m -d '2001-01-02' d");
        String before = sh(tree, "stat -c '%x %y %z' d");
        fixture.scan(root("/r"));
        assertEquals(before, sh(tree, "stat -c '%x %y %z' d"));
    }

    @Test
    void searchingForANumberAsksNoNameService() throws Exception {
        sh(tree, "mkdir roots; touch roots/f f g; chown 109:0 roots/f f; chown 4000:4000 g");
        ScanRequest request = new ScanRequest(
                List.of(new Root(Path.of("/"), false)),
                List.of(Path.of("/r/roots")),
                rules(Optional.empty()),
                SharedStorage.REPORT,
                false);
        fixture.scan(request);
        assertEquals(List.of("/r/f 109:0 64055:0 FORMER_ID"), fixture.found());
        assertEquals(0, fixture.names.questions());
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

    @Test
    void whatHadATargetIdIsNotedForARollback() throws Exception {
        sh(tree, "touch f; chown 64055:0 f");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of("/r/f 64055:0 64055:0 ALREADY_TARGET"), fixture.found());
        assertEquals(1, result.alreadyTarget().files());
        assertEquals(new ChangeOutcome.AlreadyDone(), fixture.change(fixture.hits.get(0)));
    }

    @Test
    void theFirstFivePathsAreKept() throws Exception {
        sh(tree, "for i in 1 2 3 4 5 6 7; do echo 12345 > $i; done; chown 109:114 *");
        Tally tally = fixture.scan(root("/r")).formerIds();
        assertEquals(7, tally.files());
        assertEquals(42, tally.bytes());
        assertEquals(5, tally.firstPaths().size());
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
