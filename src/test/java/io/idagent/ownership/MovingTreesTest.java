package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Trees that others fill and empty while they are searched, that contain themselves, or show other numbers than they store. */
@Tag("root")
class MovingTreesTest {

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
    void directoriesThatAreFilledRenamedAndRemovedMeanwhileAreNoErrorAndHideNothing() throws Exception {
        sh(tree, "mkdir -p stays/d; touch stays/f stays/d/f; chown 109:114 stays/f stays/d/f");
        Process others = new ProcessBuilder("perl", "-e", """
                $| = 1;
                for (my $n = 0; ; $n++) {
                    mkdir "new"; mkdir "new/$_" for 1..5;
                    for my $d (1..5) { for (1..5) { open F, ">new/$d/$_" or die $! } }
                    rename "new", "old" or die $!;
                    for my $d (1..5) { unlink glob "old/$d/*"; rmdir "old/$d" }
                    rmdir "old" or die $!;
                    print "$n\\n" if $n == 100;
                }
                """)
                .directory(tree.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            long most = 0;
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 500; i++) {
                ScanResult result = fixture.scan(root("/r"));
                assertEquals(List.of(), result.errors());
                assertEquals(
                        Set.of("/r/stays/f", "/r/stays/d/f"),
                        fixture.hitsByPath().keySet());
                most = Math.max(most, result.entries());
                least = Math.min(least, result.entries());
            }
            assertTrue(most > least + 5, "it was seen to change: from " + least + " to " + most + " entries");
            assertEquals("100", others.inputReader().readLine());
        } finally {
            others.destroy();
            others.waitFor();
        }
    }

    @Test
    void aTreeThatIsMountedInItselfIsSearchedOnceAndToAnEnd() throws Exception {
        sh(tree, "mkdir -p a/b/c; touch a/f a/b/f; chown 109:114 a/f a/b/f");
        disks.bind(tree, tree.resolve("a/b/c"));
        disks.bind(tree.resolve("a"), tree.resolve("a/b/c/a/b"));
        ScanResult result = fixture.scan(root("/r"));
        assertEquals(List.of(), result.errors());
        assertEquals(2, fixture.hits.size());
        assertEquals(2, result.formerIds().files());
    }

    @Test
    void namesMayHaveQuotesAndAllTheLengthThereIs() throws Exception {
        String longest = "n".repeat(255);
        sh(tree, "touch '\\$(id)' \"'\" '\"' ' -rf' " + longest + "; chown 109:114 ./*");
        fixture.scan(root("/r"));
        assertEquals(
                Set.of("/r/\\x5c$(id)", "/r/'", "/r/\"", "/r/ -rf", "/r/" + longest),
                fixture.hitsByPath().keySet());
        for (Hit hit : fixture.hits) {
            assertInstanceOf(ChangeOutcome.Changed.class, fixture.change(hit));
        }
        assertEquals("64055:64055", sh(tree, "stat -c %u:%g ./* | sort -u"));
    }

    @Test
    void anAppendOnlyFileIsAReason() throws Exception {
        sh(tree, "touch f; chown 109:114 f; chattr +a f");
        fixture.scan(root("/r"));
        ChangeOutcome.Failed failed = assertInstanceOf(ChangeOutcome.Failed.class, fixture.change(fixture.hits.get(0)));
        assertTrue(failed.sentence().contains("chattr -a"), failed.sentence());
    }

    @Test
    void anIdmappedMountIsTakenByTheNumbersThatItShows() throws Exception {
        Path stored = disks.ext4(base.resolve("stored"));
        sh(stored, """
                touch shown hidden unmapped
                chown 1109:1114 shown; chown 109:114 hidden; chown 1110:0 unmapped
                """);
        // 1109 is shown as 109, and 64055 is stored as 1055; what has no place in the map is shown as nobody.
        disks.idmapped(
                stored,
                tree.resolve("mapped"),
                List.of("0 0 1", "1109 109 1", "1055 64055 1"),
                List.of("0 0 1", "1114 114 1", "1055 64055 1"));
        fixture.scan(root("/r"));
        assertEquals(List.of("/r/mapped/shown 109:114 64055:64055 FORMER_ID"), fixture.found());
        assertInstanceOf(ChangeOutcome.Changed.class, fixture.change(fixture.hits.get(0)));
        assertEquals("1055:1055 109:114 1110:0", sh(stored, "echo $(stat -c %u:%g shown hidden unmapped)"));
    }

    @Test
    void aTargetThatAnIdmappedMountCannotStoreIsAReason() throws Exception {
        Path stored = disks.ext4(base.resolve("stored"));
        sh(stored, "touch f; chown 109:114 f");
        disks.idmapped(stored, tree.resolve("mapped"), List.of("0 0 200"), List.of("0 0 200"));
        fixture.scan(root("/r"));
        ChangeOutcome.Failed failed = assertInstanceOf(ChangeOutcome.Failed.class, fixture.change(fixture.hits.get(0)));
        assertTrue(failed.sentence().startsWith("cannot change the owner of /r/mapped/f"), failed.sentence());
        assertEquals("109:114", sh(stored, "stat -c %u:%g f"));
    }
}
