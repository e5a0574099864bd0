package io.idagent.host;

import io.idagent.host.HostInspector.Depth;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.Tally;
import io.idagent.platform.Gid;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whether files still carry a former number, anywhere. Where something could not be looked at, they may: a number is given
 * away only when it is known that nobody gets a file with it.
 */
public final class CarriedIds {

    /** The search outside the roots, made when it is first needed: it takes time. */
    public interface OutsideLook {
        ScanResult search() throws IOException, NameServiceException;
    }

    private final Optional<FileScope> scope;
    private final Fact<ScanResult> roots;
    private final OutsideLook outside;
    private Optional<Fact<ScanResult>> found = Optional.empty();

    /** Only the most thorough look searches everywhere. */
    static OutsideLook outsideLook(Depth depth, OutsideLook search) {
        return () -> {
            if (depth != Depth.EVERYWHERE) {
                throw new IOException("files outside the roots may; libvirt-id-agent plan looks for them");
            }
            return search.search();
        };
    }

    /** @param roots what a search of the roots found; unknown: they were not searched, and why */
    public CarriedIds(Optional<FileScope> scope, Fact<ScanResult> roots, OutsideLook outside) {
        this.scope = scope;
        this.roots = roots;
        this.outside = outside;
    }

    /** @return about the files that carry the number, or may; empty if there is none */
    public Optional<String> whyKept(Uid uid) {
        return whyKept(
                files -> files.lookedFor().uids().contains(uid),
                scan -> scan.carried().uids().contains(uid));
    }

    public Optional<String> whyKept(Gid gid) {
        return whyKept(
                files -> files.lookedFor().gids().contains(gid),
                scan -> scan.carried().gids().contains(gid));
    }

    private Optional<String> whyKept(Predicate<FileScope> isLookedFor, Predicate<ScanResult> isCarried) {
        if (roots.whyUnknown().isPresent()) {
            return roots.whyUnknown();
        }
        if (scope.isEmpty() || !isLookedFor.test(scope.get())) {
            return Optional.of("files with it are not looked for (idagent.orphans)");
        }
        ScanResult scan = Fact.valueOf(roots).orElseThrow();
        if (isCarried.test(scan)) {
            return Optional.of("files in the roots carry it");
        }
        if (scan.acls().files() + scan.ownerRecords().files() > 0) {
            return Optional.of("ACLs or records of libvirt may name it");
        }
        Optional<String> unseen = unseen(scan, scope.get());
        if (unseen.isPresent()) {
            return unseen.map(what -> "files may carry it: " + what);
        }
        Fact<ScanResult> beyond = outside();
        if (!beyond.isKnown()) {
            return beyond.whyUnknown();
        }
        ScanResult elsewhere = Fact.valueOf(beyond).orElseThrow();
        if (isCarried.test(elsewhere)) {
            Tally tally = elsewhere.formerIds();
            return Optional.of(Tally.inWords(tally.files()) + " outside the roots with former ids: "
                    + String.join(", ", tally.firstPaths()));
        }
        return firstError(elsewhere).map(what -> "files outside the roots may carry it: " + what);
    }

    private static Optional<String> unseen(ScanResult scan, FileScope scope) {
        List<Path> absent = scan.absentRoots().stream()
                .filter(path -> !scope.mayBeAbsent().contains(path))
                .toList();
        return firstError(scan)
                .or(() -> scope.unseen().stream().findFirst())
                .or(() -> absent.stream().findFirst().map(path -> path + " is not there; is its storage mounted?"));
    }

    private static Optional<String> firstError(ScanResult scan) {
        return scan.errors().stream().findFirst().map(error -> "could not look everywhere; " + error.sentence());
    }

    private Fact<ScanResult> outside() {
        if (found.isEmpty()) {
            try {
                found = Optional.of(Fact.known(outside.search()));
            } catch (IOException | NameServiceException e) {
                found = Optional.of(Fact.unknown(e.getMessage()));
            }
        }
        return found.get();
    }
}
