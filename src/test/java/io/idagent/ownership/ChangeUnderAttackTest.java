package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Owners are changed while somebody who may write in the directory swaps names. */
@Tag("root")
class ChangeUnderAttackTest {

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

    /**
     * The account swaps a file and a directory for links to a victim outside, as fast as it can, while owners are
     * changed back and forth. The swaps must be seen to happen, or the test proves nothing.
     */
    @Test
    void whoeverSwapsNamesForLinksNeverGetsTheVictim() throws Exception {
        sh(base, "mkdir outside; touch outside/f; chown 109:114 outside/f");
        sh(tree, """
                mkdir d; touch f d/f; chown 109:114 f d/f
                ln -s ../outside/f link; chown -h 109:114 link; ln -s ../outside dirlink
                """);
        fixture.scan(root("/r"));
        Hit file = fixture.hitsByPath().get("/r/f");
        Hit inDirectory = fixture.hitsByPath().get("/r/d/f");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong swaps = new AtomicLong();
        Thread attacker = new Thread(() -> swap(stop, swaps), "attacker");
        attacker.start();
        Map<Class<?>, Integer> outcomes = new HashMap<>();
        try (TreeBase treeBase = TreeBase.below(fixture.libC, base)) {
            OwnerChanger changer = new OwnerChanger(fixture.libC);
            for (int i = 0; i < 5000; i++) {
                for (Hit hit : List.of(file, inDirectory)) {
                    Hit wanted = i % 2 == 0 ? hit : hit.reversed();
                    outcomes.merge(changer.change(treeBase, wanted).getClass(), 1, Integer::sum);
                }
            }
        } finally {
            stop.set(true);
            attacker.join();
        }
        assertEquals("109:114", sh(base, "stat -c %u:%g outside/f"), "the victim");
        assertEquals("109:114", sh(tree, "stat -c %u:%g link"), "the link");
        assertTrue(swaps.get() > 100, () -> swaps + " swaps");
        assertTrue(outcomes.getOrDefault(ChangeOutcome.Changed.class, 0) > 100, outcomes::toString);
        assertTrue(outcomes.getOrDefault(ChangeOutcome.Replaced.class, 0) > 100, outcomes::toString);
    }

    /** The same with whole passes and an attacker that is no part of this process; deploy/bench/ownership has a minute of it. */
    @Test
    void whateverTheAccountSwapsDuringWholePassesNothingOutsideIsTouched() throws Exception {
        Attack.Result result = Attack.run(tree, Duration.ofSeconds(2));
        assertTrue(result.isProof(), result::toString);
    }

    private void swap(AtomicBoolean stop, AtomicLong swaps) {
        Path file = tree.resolve("f");
        Path link = tree.resolve("link");
        Path directory = tree.resolve("d");
        Path directoryLink = tree.resolve("dirlink");
        Path aside = tree.resolve("aside");
        Path directoryAside = tree.resolve("directory-aside");
        try {
            while (!stop.get()) {
                Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
                Files.move(link, file, StandardCopyOption.ATOMIC_MOVE);
                Files.move(directory, directoryAside, StandardCopyOption.ATOMIC_MOVE);
                Files.move(directoryLink, directory, StandardCopyOption.ATOMIC_MOVE);
                Files.move(file, link, StandardCopyOption.ATOMIC_MOVE);
                Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
                Files.move(directory, directoryLink, StandardCopyOption.ATOMIC_MOVE);
                Files.move(directoryAside, directory, StandardCopyOption.ATOMIC_MOVE);
                swaps.incrementAndGet();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
