package io.idagent.conversion;

import io.idagent.ownership.Adoption;
import io.idagent.ownership.ChangeOutcome;
import io.idagent.ownership.Hit;
import io.idagent.ownership.IdRange;
import io.idagent.ownership.OwnerChanger;
import io.idagent.ownership.OwnerChanges;
import io.idagent.ownership.OwnerRules;
import io.idagent.ownership.OwnershipScanner;
import io.idagent.ownership.Root;
import io.idagent.ownership.ScanLimits;
import io.idagent.ownership.ScanRequest;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.SharedStorage;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Gid;
import io.idagent.platform.LibC;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.NameService;
import io.idagent.platform.Uid;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The ownership pass alone, as deploy/bench/ownership runs it: {@code scan ROOT LIST}, {@code owners ROOT LIST} (no
 * attributes), {@code change ROOT FOLDER}, with a manifest there, or {@code change-bare ROOT -}, without. {@code learn} does a
 * little of all. Prints the milliseconds that the pass itself took.
 */
public final class OwnershipBench {

    private static final Uid UID = new Uid(109);
    private static final Gid GID = new Gid(114);
    private static final Uid TARGET_UID = new Uid(64055);
    private static final Gid TARGET_GID = new Gid(64055);

    private OwnershipBench() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[1]);
        LibC libC = LibC.load();
        OwnershipScanner scanner = new OwnershipScanner(
                libC, new NameService(Duration.ofSeconds(30), false), OwnershipBench::mounts, ScanLimits.DEFAULT);
        try (TreeBase base = TreeBase.host(libC)) {
            long start = System.nanoTime();
            long entries;
            switch (arguments[0]) {
                case "scan" -> entries = list(scanner, base, request(root, true, true), Path.of(arguments[2]));
                case "owners" -> entries = list(scanner, base, request(root, true, false), Path.of(arguments[2]));
                case "change" -> entries = change(scanner, base, request(root, false, false), Path.of(arguments[2]));
                case "change-bare" -> entries = changeBare(scanner, base, request(root, false, false));
                case "learn" -> {
                    list(scanner, base, request(root, true, true), Path.of("/dev/null"));
                    entries = change(scanner, base, request(root, false, false), Path.of(arguments[2]));
                }
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            System.out.println((System.nanoTime() - start) / 1_000_000 + " ms, " + entries + " entries");
        }
    }

    /** With adoption of every number, so that all that find calls -nouser and -nogroup is a hit. */
    private static ScanRequest request(Path root, boolean adopts, boolean inDepth) {
        IdRange all = new IdRange(0, Uid.LAST);
        return new ScanRequest(
                List.of(new Root(root, adopts, adopts)),
                List.of(),
                new OwnerRules(
                        Map.of(UID, TARGET_UID),
                        Map.of(GID, TARGET_GID),
                        adopts
                                ? Optional.of(new Adoption(TARGET_UID, TARGET_GID, all, all, Set.of(), Set.of()))
                                : Optional.empty(),
                        Set.of(),
                        Set.of()),
                SharedStorage.REPORT,
                inDepth);
    }

    private static long list(OwnershipScanner scanner, TreeBase base, ScanRequest request, Path list) throws Exception {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(list), 1 << 16)) {
            ScanResult result = scanner.scan(
                    base,
                    request,
                    hit -> {
                        out.write(hit.path().bytes());
                        out.write(0);
                    },
                    entries -> {});
            if (!result.isComplete()) {
                throw new IOException(result.errors().toString());
            }
            return result.entries();
        }
    }

    private static long change(OwnershipScanner scanner, TreeBase base, ScanRequest request, Path folder)
            throws Exception {
        Manifest manifest = new Manifest(folder);
        long entries;
        try (Manifest.PassWriter writer = manifest.begin(1)) {
            entries = scanner.scan(base, request, writer::add, seen -> {}).entries();
            writer.complete();
        }
        try (OwnerChanges changes = changes(base)) {
            manifest.read(1, changes::add);
            changes.finish();
        }
        return entries;
    }

    /** What the pass would take without a manifest, and without any promise about a crash. */
    private static long changeBare(OwnershipScanner scanner, TreeBase base, ScanRequest request) throws Exception {
        List<Hit> hits = new ArrayList<>();
        long entries = scanner.scan(base, request, hits::add, seen -> {}).entries();
        try (OwnerChanges changes = changes(base)) {
            for (Hit hit : hits) {
                changes.add(hit);
            }
            changes.finish();
        }
        return entries;
    }

    private static OwnerChanges changes(TreeBase base) {
        return new OwnerChanges(new OwnerChanger(LibC.load()), base, outcome -> {
            if (!(outcome instanceof ChangeOutcome.Changed)) {
                throw new IllegalStateException(outcome.toString());
            }
        });
    }

    /** The slow file system counts as local here: what is shared would only be counted. */
    private static MountTable mounts() throws IOException {
        return new MountTable(MountTable.ofThisProcess().mounts().stream()
                .map(mount -> mount.type().equals("fuse.slowfs") ? asLocal(mount) : mount)
                .toList());
    }

    private static Mount asLocal(Mount mount) {
        return new Mount(
                mount.id(),
                mount.parentId(),
                mount.device(),
                mount.root(),
                mount.point(),
                "ext4",
                mount.source(),
                mount.options(),
                mount.readOnly());
    }
}
