package io.idagent.host;

import io.idagent.ownership.Adoption;
import io.idagent.ownership.IdRange;
import io.idagent.ownership.Root;
import io.idagent.ownership.SharedStorage;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Domain;
import io.idagent.platform.DomainFile;
import io.idagent.platform.Gid;
import io.idagent.platform.LibvirtReport;
import io.idagent.platform.LoginDefs;
import io.idagent.platform.StoragePool;
import io.idagent.platform.Uid;
import io.idagent.settings.OrphanPolicy;
import io.idagent.settings.Settings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Says where the files of the accounts are looked for, and which of them are theirs. */
final class FileScopes {

    /** A storage pool may lie here; orphans that lie here as well are still not libvirt's. */
    private static final Set<Path> EVERYBODYS = Set.of(
            Path.of("/"),
            Path.of("/home"),
            Path.of("/root"),
            Path.of("/etc"),
            Path.of("/usr"),
            Path.of("/opt"),
            Path.of("/var"),
            Path.of("/var/lib"),
            Path.of("/var/tmp"),
            Path.of("/tmp"),
            Path.of("/srv"),
            Path.of("/mnt"),
            Path.of("/media"));

    /** Where containers and shared file systems of guests have their place among libvirt's own directories. */
    private static final Path FILE_SYSTEMS_OF_GUESTS = Path.of("/var/lib/libvirt/filesystems");

    private static final List<String> OTHERS_TREES = List.of("/etc", "/var/lib", "/var/cache", "/var/log", "/run");

    private FileScopes() {}

    /** @return empty if there is no account whose files could be looked for */
    static Optional<FileScope> of(
            Settings settings,
            List<AccountFacts> accounts,
            FormerIds former,
            List<FormerOf> formerOfOthers,
            Optional<LibvirtReport> report,
            TreeBase base) {
        List<AccountChange> changes =
                accounts.stream().flatMap(facts -> facts.change().stream()).toList();
        if (changes.isEmpty()) {
            return Optional.empty();
        }
        boolean followsFormer = settings.orphans() != OrphanPolicy.REPORT;
        List<Root> roots = roots(settings, report, changes);
        return Optional.of(new FileScope(
                changes,
                roots,
                exclusions(settings, report, roots),
                followsFormer ? former.uids() : Set.of(),
                followsFormer ? former.gids() : Set.of(),
                adoption(settings, changes.get(0), accounts, base),
                settings.sharedStorage(),
                formerOfOthers,
                mayBeAbsent(settings, changes),
                unseen(settings, report)));
    }

    /** What somebody has named, a pool, a disk, a further root, is there, or its storage is not mounted. */
    private static List<Path> mayBeAbsent(Settings settings, List<AccountChange> changes) {
        List<Path> paths = new ArrayList<>(settings.roots());
        changes.stream().skip(1).forEach(change -> paths.addAll(treesOf(change)));
        paths.removeAll(settings.additionalRoots());
        return paths;
    }

    private static List<String> unseen(Settings settings, Optional<LibvirtReport> report) {
        List<String> unseen = new ArrayList<>();
        settings.exclusions().forEach(path -> unseen.add(path + " is excluded (idagent.exclusions)"));
        if (settings.sharedStorage() == SharedStorage.IGNORE) {
            unseen.add("shared storage is not looked at (idagent.shared-storage)");
        }
        report.map(LibvirtReport::pools).orElse(List.of()).stream()
                .filter(pool -> !pool.active() && pool.target().isPresent())
                .forEach(pool -> unseen.add("the storage pool " + pool.name() + " is not active"));
        return unseen;
    }

    private static List<Root> roots(Settings settings, Optional<LibvirtReport> report, List<AccountChange> changes) {
        Map<Path, Root> roots = new LinkedHashMap<>();
        settings.roots().forEach(path -> roots.put(path, Root.adopting(path)));
        settings.additionalRoots().forEach(path -> roots.putIfAbsent(path, Root.reporting(path)));
        // A package keeps what is its account's in directories of the account's name (Debian's custom, and the FHS's).
        for (AccountChange change : changes.subList(1, changes.size())) {
            treesOf(change).forEach(path -> roots.putIfAbsent(path, Root.reporting(path)));
        }
        for (StoragePool pool : report.map(LibvirtReport::pools).orElse(List.of())) {
            pool.target()
                    .flatMap(FileScopes::path)
                    .filter(path -> settings.roots().stream().noneMatch(path::startsWith))
                    .ifPresent(path -> roots.putIfAbsent(path, namedByLibvirt(path)));
        }
        for (Domain domain : report.map(LibvirtReport::domains).orElse(List.of())) {
            for (DomainFile file : domain.files()) {
                path(file.path())
                        .filter(path -> !path.startsWith("/dev"))
                        .filter(path -> settings.roots().stream().noneMatch(path::startsWith))
                        .ifPresent(path -> roots.putIfAbsent(path, namedByLibvirt(path)));
            }
        }
        return List.copyOf(roots.values());
    }

    private static List<Path> treesOf(AccountChange change) {
        return Stream.concat(
                        OTHERS_TREES.stream().map(tree -> Path.of(tree, change.user())),
                        path(change.home()).filter(home -> !EVERYBODYS.contains(home)).stream())
                .toList();
    }

    private static Root namedByLibvirt(Path path) {
        return EVERYBODYS.contains(path) ? Root.reporting(path) : Root.adoptingEntries(path);
    }

    /**
     * The numbers in directories that guests get as file systems are the guests'. But for one that is a root itself, or has
     * one below it: there the host's own files lie as well.
     */
    private static List<Path> exclusions(Settings settings, Optional<LibvirtReport> report, List<Root> roots) {
        Set<Path> excluded = new LinkedHashSet<>(settings.exclusions());
        Stream<Path> shared = report.map(LibvirtReport::domains).orElse(List.of()).stream()
                .flatMap(domain -> domain.directories().stream())
                .flatMap(directory -> path(directory).stream());
        Stream.concat(Stream.of(FILE_SYSTEMS_OF_GUESTS), shared)
                .filter(path -> roots.stream().noneMatch(root -> root.path().startsWith(path)))
                .forEach(excluded::add);
        return List.copyOf(excluded);
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text).normalize()).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<Adoption> adoption(
            Settings settings, AccountChange change, List<AccountFacts> accounts, TreeBase base) {
        if (settings.orphans() != OrphanPolicy.ADOPT) {
            return Optional.empty();
        }
        LoginDefs defs = LoginDefs.read(base.path().resolve("etc/login.defs"));
        IdRange uids = settings.orphanRange().orElse(new IdRange(defs.firstSystemUid(), defs.lastSystemUid()));
        IdRange gids = settings.orphanRange().orElse(new IdRange(defs.firstSystemGid(), defs.lastSystemGid()));
        Set<Uid> othersUids = new HashSet<>();
        Set<Gid> othersGids = new HashSet<>();
        accounts.stream().skip(1).flatMap(facts -> facts.change().stream()).forEach(other -> {
            othersUids.addAll(List.of(other.uidFrom(), other.uidTo()));
            othersGids.addAll(List.of(other.gidFrom(), other.gidTo()));
        });
        return Optional.of(new Adoption(change.uidTo(), change.gidTo(), uids, gids, othersUids, othersGids));
    }
}
