package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.ADOPT;
import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.ScanFixture.roots;
import static io.idagent.ownership.ScanFixture.rules;
import static io.idagent.ownership.TestDisks.perl;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.FileType;
import io.idagent.platform.MountTable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

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
            assertEquals(new ChangeOutcome.Changed(List.of(), List.of()), fixture.change(hit));
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
    void orphansAreAdoptedWhereTheInnermostRootSaysSo() throws Exception {
        sh(
                tree,
                "mkdir -p own/foreign/own; touch f own/f own/foreign/f own/foreign/own/f; find . -name f | xargs chown 333:333");
        ScanResult result = fixture.scan(roots(
                Root.adopting(Path.of("/r/own")),
                Root.reporting(Path.of("/r")),
                Root.reporting(Path.of("/r/own/foreign")),
                Root.adopting(Path.of("/r/own/foreign/own"))));
        assertEquals(
                List.of("/r/own/f 333:333 64055:64055 ORPHAN", "/r/own/foreign/own/f 333:333 64055:64055 ORPHAN"),
                fixture.found());
        assertEquals(2, result.adoptableOrphans().files());
        assertEquals(2, result.otherOrphans().files());
        assertEquals(8, result.entries(), "each looked at once");
    }

    /** Its other name may lie where nothing is adopted: whoever can make a link could have any orphan given away. */
    @Test
    void anOrphanWithSeveralNamesIsReportedAndNotAdopted() throws Exception {
        sh(tree, "mkdir own home; touch home/secret own/disk; ln home/secret own/linked; chown -R 333:333 own home");
        ScanResult result = fixture.scan(roots(Root.adopting(Path.of("/r/own"))));
        assertEquals(
                List.of("/r/own 333:333 64055:64055 ORPHAN", "/r/own/disk 333:333 64055:64055 ORPHAN"),
                fixture.found());
        assertEquals(List.of("/r/own/linked"), result.otherOrphans().firstPaths());
        sh(tree, "rm home/secret");
        fixture.scan(roots(Root.adopting(Path.of("/r/own"))));
        assertEquals(3, fixture.hits.size());
    }

    @Test
    void inAPoolOrphansAreAdoptedThatAreItsEntriesAndNotThoseThatLieDeeper() throws Exception {
        sh(tree, "mkdir -p docker/volume; touch disk docker/f docker/volume/f; chown -R 333:333 disk docker");
        ScanResult result = fixture.scan(roots(Root.adoptingEntries(Path.of("/r"))));
        assertEquals(List.of("/r/disk 333:333 64055:64055 ORPHAN"), fixture.found());
        assertEquals(4, result.otherOrphans().files());
    }

    @Test
    void aFileCanBeARoot() throws Exception {
        sh(tree, "touch disk other; chown 333:0 disk other");
        fixture.scan(roots(Root.adopting(Path.of("/r/disk"))));
        assertEquals(List.of("/r/disk 333:0 64055:0 ORPHAN"), fixture.found());
        fixture.scan(roots(Root.reporting(Path.of("/r")), Root.adopting(Path.of("/r/disk"))));
        assertEquals(List.of("/r/disk 333:0 64055:0 ORPHAN"), fixture.found());
    }

    @Test
    void anExclusionIsLeftOutWithAllBelowEvenARoot() throws Exception {
        sh(tree, "mkdir -p a/b c; touch a/f a/b/f c/f d; chown -R 109:114 a c d; ln -s a alias");
        ScanRequest request = new ScanRequest(
                List.of(Root.reporting(Path.of("/r")), Root.reporting(Path.of("/r/a/b"))),
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
            assertEquals(new ChangeOutcome.Changed(List.of(), List.of()), fixture.change(hit));
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

    /** More than are known at a time: it is read on when those have been entered. */
    @Test
    void aDirectoryWithVeryManySubdirectoriesIsReadToItsEnd() throws Exception {
        perl(
                tree,
                "for (1..20000) { mkdir \"directory-with-a-rather-long-name-$_\" or die }"
                        + " chown 109, 114, \"directory-with-a-rather-long-name-$_\" for (1, 10000, 20000)");
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(20_001, result.entries());
        assertEquals(3, fixture.hits.size());
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
                List.of(Root.reporting(Path.of("/"))),
                List.of(Path.of("/r/roots")),
                rules(Optional.empty()),
                SharedStorage.REPORT,
                false);
        fixture.scan(request);
        assertEquals(List.of("/r/f 109:0 64055:0 FORMER_ID"), fixture.found());
        assertEquals(0, fixture.names.questions());
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
