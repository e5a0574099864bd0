package io.idagent.ownership;

import io.idagent.platform.Gid;
import io.idagent.platform.LibC;
import io.idagent.platform.MountTable;
import io.idagent.platform.NameService;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Passes over a tree, to the target ids and back, while processes of the account swap files and directories for links to
 * what lies outside: {@code DIRECTORY SECONDS}, for deploy/bench/ownership and a test. In the tree everybody may write.
 */
public final class Attack {

    private static final Path SWAP = Path.of("deploy/bench/swap").toAbsolutePath();

    /** The times of change tell of every touch. */
    private static final String OUTSIDE = "find outside -printf '%p %u:%g %m %C@\\n' | sort";

    private final LibC libC = LibC.load();
    private final Path directory;
    private long changed;
    private long replaced;
    private String failed = "";

    private Attack(Path directory) {
        this.directory = directory;
    }

    /**
     * @param replaced how often something else was found at the moment of change
     * @param failed the last change that failed, if any has
     */
    record Result(int passes, long changed, long replaced, String failed, String before, String after) {
        boolean isProof() {
            return passes > 1 && changed > 0 && replaced > 0 && failed.isEmpty() && before.equals(after);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Result result = run(Path.of(arguments[0]), Duration.ofSeconds(Long.parseLong(arguments[1])));
        System.out.println(result.passes() + " passes, " + result.changed() + " changes, " + result.replaced()
                + " refused as the file was another one");
        if (!result.isProof()) {
            throw new IllegalStateException(result.toString());
        }
    }

    static Result run(Path directory, Duration duration) throws Exception {
        return new Attack(directory).run(duration);
    }

    private Result run(Duration duration) throws Exception {
        sh("""
                mkdir -p outside/sub tree; touch outside/f outside/sub/f; chown -R 109:114 outside; chmod 4755 outside/f
                cd tree
                mkdir -p a/d b/d; for i in $(seq 300); do touch a/$i b/$i; done; touch b/d/f
                ln -s ../outside link; ln -s ../../outside/f b/link; ln -s ../../outside/sub b/sub
                chown -Rh 109:114 .; chmod -R a=rwX .
                """);
        String before = sh(OUTSIDE);
        List<Process> attackers = List.of(
                attacker("tree", "a", "link"),
                attacker("tree/b", "1", "link", "2", "3"),
                attacker("tree/b", "d", "sub"));
        int passes = 0;
        try (TreeBase base = TreeBase.below(libC, directory)) {
            long end = System.nanoTime() + duration.toNanos();
            while (System.nanoTime() < end) {
                pass(base, 109, 114, 64055, 64055);
                pass(base, 64055, 64055, 109, 114);
                passes += 2;
            }
            for (Process attacker : attackers) {
                if (!attacker.isAlive()) {
                    throw new IOException(new String(attacker.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        } finally {
            for (Process attacker : attackers) {
                attacker.destroy();
                attacker.waitFor();
            }
        }
        return new Result(passes, changed, replaced, failed, before, sh(OUTSIDE));
    }

    private void pass(TreeBase base, long uid, long gid, long newUid, long newGid) throws Exception {
        OwnerRules rules = new OwnerRules(
                Map.of(new Uid(uid), new Uid(newUid)),
                Map.of(new Gid(gid), new Gid(newGid)),
                Optional.empty(),
                Set.of(),
                Set.of());
        ScanRequest request = new ScanRequest(
                List.of(Root.reporting(Path.of("/tree"))), List.of(), rules, SharedStorage.REPORT, true);
        List<Hit> hits = new ArrayList<>();
        new OwnershipScanner(libC, new NameService(Duration.ofSeconds(30), false), MountTable::ofThisProcess)
                .scan(base, request, hits::add, ScanProgress.NONE);
        try (OwnerChanges changes = new OwnerChanges(new OwnerChanger(libC), base, this::count)) {
            for (Hit hit : hits) {
                changes.add(hit);
            }
            changes.finish();
        }
    }

    private void count(ChangeOutcome outcome) {
        if (outcome instanceof ChangeOutcome.Changed) {
            changed++;
        } else if (outcome instanceof ChangeOutcome.Replaced || outcome instanceof ChangeOutcome.Gone) {
            replaced++;
        } else if (outcome instanceof ChangeOutcome.Failed failure) {
            failed = failure.sentence();
        }
    }

    private Process attacker(String where, String... names) throws IOException {
        List<String> command = new ArrayList<>(List.of("perl", SWAP.toString(), "109", "114"));
        command.addAll(List.of(names));
        return new ProcessBuilder(command)
                .directory(directory.resolve(where).toFile())
                .redirectErrorStream(true)
                .start();
    }

    private String sh(String script) throws Exception {
        Process process = new ProcessBuilder("sh", "-ec", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(output);
        }
        return output;
    }
}
