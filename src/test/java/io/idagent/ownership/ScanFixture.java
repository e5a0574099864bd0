package io.idagent.ownership;

import io.idagent.platform.Gid;
import io.idagent.platform.LibC;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.Uid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A base directory, the rules of an account that goes from 109:114 to 64055:64055, and scans with them. */
final class ScanFixture {

    static final Optional<Adoption> ADOPT = Optional.of(new Adoption(
            new Uid(64055), new Gid(64055), new IdRange(100, 999), new IdRange(100, 999), Set.of(), Set.of()));

    final LibC libC = LibC.load();
    final KnownNames names = new KnownNames(Set.of(0L, 65534L), Set.of(0L, 65534L));
    final List<Hit> hits = new ArrayList<>();
    private final Path base;
    private SharedStorage policy = SharedStorage.REPORT;
    private MountTable.Source mounts = MountTable::ofThisProcess;
    private LocalExports exports = new LocalExports(List.of());

    /** From now on shared storage is to be changed. */
    void convertSharedStorage() {
        policy = SharedStorage.CONVERT;
    }

    ScanFixture(Path base) {
        this.base = base;
    }

    /** From now on mountinfo says that another type of file system is mounted there. */
    void pretend(Path mountPoint, String type) {
        mounts = () -> new MountTable(MountTable.ofThisProcess().mounts().stream()
                .map(mount -> mount.point().toString().equals(mountPoint.toString()) ? withType(mount, type) : mount)
                .toList());
    }

    /** Each table is what the next call to mountinfo gives; the last stays. */
    void mountinfo(MountTable.Source source) {
        mounts = source;
    }

    MountTable.Source mounts() {
        return mounts;
    }

    static OwnerRules rules(Optional<Adoption> adoption) {
        return new OwnerRules(
                Map.of(new Uid(109), new Uid(64055)),
                Map.of(new Gid(114), new Gid(64055)),
                adoption,
                Set.of(new Uid(64055)),
                Set.of(new Gid(64055)));
    }

    static ScanRequest roots(Root... roots) {
        return new ScanRequest(List.of(roots), List.of(), rules(ADOPT), SharedStorage.REPORT, true);
    }

    static ScanRequest root(String path) {
        return roots(Root.reporting(Path.of(path)));
    }

    ScanResult scan(ScanRequest request) throws Exception {
        return scan(request, ScanLimits.DEFAULT);
    }

    ScanResult scan(ScanRequest request, ScanLimits limits) throws Exception {
        hits.clear();
        try (TreeBase treeBase = TreeBase.below(libC, base)) {
            return new OwnershipScanner(libC, names, mounts, limits)
                    .scan(treeBase, request, hits::add, ScanProgress.NONE);
        }
    }

    /** Other hosts see it by NFS. */
    void export(String path) {
        exports = new LocalExports(List.of(path.getBytes(StandardCharsets.UTF_8)));
    }

    OwnerChanger changer() {
        return new OwnerChanger(libC, mounts, policy, exports);
    }

    ChangeOutcome change(Hit hit) throws Exception {
        try (TreeBase treeBase = TreeBase.below(libC, base)) {
            return changer().change(treeBase, hit);
        }
    }

    /** What each path is to become, as "path before after reason"; of attributes only their names. */
    List<String> found() {
        return hits.stream()
                .map(hit -> hit.path() + " " + changeInWords(hit) + " " + hit.reason())
                .sorted()
                .toList();
    }

    private static String changeInWords(Hit hit) {
        return hit instanceof OwnerHit owner
                ? owner.before() + " " + owner.after()
                : ((AttributeHit) hit).attribute().name();
    }

    Map<String, Hit> hitsByPath() {
        return hits.stream()
                .collect(Collectors.toMap(hit -> hit.path().toString(), hit -> hit, (a, b) -> a, TreeMap::new));
    }

    private static Mount withType(Mount mount, String type) {
        return new Mount(
                mount.id(),
                mount.parentId(),
                mount.device(),
                mount.root(),
                mount.point(),
                type,
                mount.source(),
                mount.options(),
                mount.readOnly());
    }
}
