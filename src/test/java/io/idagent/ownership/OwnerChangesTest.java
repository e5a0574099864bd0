package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Long lists of files, which several threads change. */
@Tag("root")
class OwnerChangesTest {

    private static final String OF_THE_ACCOUNT = "find . -uid 109 -o -gid 114 | wc -l";

    @RegisterExtension
    final TestDisks disks = new TestDisks();

    @TempDir
    Path base;

    private Path tree;
    private ScanFixture fixture;

    @BeforeEach
    void aListOfManyFilesOfWhichSomeAreGone() throws Exception {
        tree = disks.tmpfs(base.resolve("r"));
        fixture = new ScanFixture(base);
        sh(tree, """
                seq 3000 | xargs touch; setfacl -m u:109:r $(seq 1 10 3000); chown 109:114 $(seq 3000)
                """);
        fixture.scan(root("/r"));
        sh(tree, "rm $(seq 5 7 3000)");
    }

    @Test
    void outcomesComeInTheOrderOfTheList() throws Exception {
        List<String> expected = new ArrayList<>();
        for (Hit hit : fixture.hits) {
            int number = Integer.parseInt(hit.path().toString().substring("/r/".length()));
            expected.add(number % 7 == 5 ? "Gone" : "Changed");
        }
        List<String> outcomes = new ArrayList<>();
        try (TreeBase treeBase = TreeBase.below(fixture.libC, base);
                OwnerChanges changes = new OwnerChanges(
                        fixture.changer(),
                        treeBase,
                        outcome -> outcomes.add(outcome.getClass().getSimpleName()))) {
            for (Hit hit : fixture.hits) {
                changes.add(hit);
            }
            changes.finish();
        }
        assertEquals(3300, expected.size());
        assertEquals(expected, outcomes);
        assertEquals("0", sh(tree, OF_THE_ACCOUNT));
        assertEquals("0", sh(tree, "getfacl -nR . | grep -c user:109: || true"));
    }

    @Test
    void nothingChangesAnyMoreOnceItIsClosedAfterAFailure() throws Exception {
        try (TreeBase treeBase = TreeBase.below(fixture.libC, base)) {
            OwnerChanges changes = new OwnerChanges(fixture.changer(), treeBase, outcome -> {
                throw new IllegalStateException("the journal cannot be written");
            });
            assertThrows(IllegalStateException.class, () -> {
                try (changes) {
                    for (Hit hit : fixture.hits) {
                        changes.add(hit);
                    }
                }
            });
            String left = sh(tree, OF_THE_ACCOUNT);
            Thread.sleep(100);
            assertEquals(left, sh(tree, OF_THE_ACCOUNT));
        }
    }
}
