package io.idagent.ownership;

import io.idagent.platform.LibC;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Finds the roots and exclusions of a request, and walks from each root that is not part of another. */
final class RootSearch {

    private final LibC libC;
    private final Findings findings;
    private final TreeWalk walk;
    private final ScanLimits limits;
    private final TreeBase base;
    private final TreeMarks marks = new TreeMarks();
    private final List<List<byte[]>> starts = new ArrayList<>();

    RootSearch(LibC libC, TreeBase base, Findings findings, TreeWalk walk, ScanLimits limits) {
        this.libC = libC;
        this.findings = findings;
        this.walk = walk;
        this.limits = limits;
        this.base = base;
    }

    void search(ScanRequest request) throws IOException, NameServiceException {
        for (Path exclusion : request.exclusions()) {
            exclude(exclusion);
        }
        for (Root root : request.roots()) {
            find(root);
        }
        // Outer roots first: then the inner ones are mostly done already.
        starts.sort((one, other) -> Integer.compare(one.size(), other.size()));
        for (List<byte[]> start : starts) {
            if (!marks.at(start).isWalked() && !marks.excludes(start)) {
                onTheWayTo(RawPath.ofNames(start).toString(), walker -> walkFrom(start, walker));
            }
        }
    }

    /** Even a look at a path can take for ever, where it leads to a dead server. */
    private boolean onTheWayTo(String path, WorkStack.Errand errand) throws IOException, NameServiceException {
        boolean answered = walk.run(errand);
        if (!answered) {
            findings.error(new PathError(
                    path,
                    "",
                    "a file system on the way to " + path + " has not answered for "
                            + limits.patience().toSeconds() + " s; it was not searched"));
        }
        return answered;
    }

    private Optional<PathResolver.Resolution> resolve(Path path) throws IOException, NameServiceException {
        AtomicReference<PathResolver.Resolution> resolution = new AtomicReference<>();
        boolean answered = onTheWayTo(path.toString(), walker -> {
            PathResolver.Resolution reached = new PathResolver(libC, base).resolve(path);
            if (walker.goesOn()) {
                resolution.set(reached);
            } else if (reached instanceof PathResolver.Found tooLate) {
                libC.close(tooLate.pin());
            }
        });
        return answered ? Optional.of(resolution.get()) : Optional.empty();
    }

    private void exclude(Path exclusion) throws IOException, NameServiceException {
        // By its text too: an exclusion that is made while we walk, or cannot be resolved, still is one.
        marks.exclude(RawPath.of(exclusion).names());
        PathResolver.Resolution resolution = resolve(exclusion).orElse(null);
        if (resolution instanceof PathResolver.Found found) {
            libC.close(found.pin());
            marks.exclude(found.names());
        } else if (resolution instanceof PathResolver.Refused refused) {
            findings.error(refused.error());
        }
    }

    private void find(Root root) throws IOException, NameServiceException {
        PathResolver.Resolution resolution = resolve(root.path()).orElse(null);
        if (resolution instanceof PathResolver.Found found) {
            libC.close(found.pin());
            marks.addRoot(found.names(), root.adoptsOrphans(), root.adoptsBelow());
            starts.add(found.names());
        } else if (resolution instanceof PathResolver.Refused refused) {
            findings.error(refused.error());
        } else if (resolution instanceof PathResolver.Absent) {
            findings.absent(root.path());
        }
    }

    /** Pinned again, so that not all roots need a descriptor at the same time; the names hold no link any more. */
    private void walkFrom(List<byte[]> start, Walker walker) throws IOException, NameServiceException {
        RawPath path = RawPath.ofNames(start);
        PathResolver.Resolution resolution = new PathResolver(libC, base).resolve(path);
        if (resolution instanceof PathResolver.Found found) {
            try {
                if (RawPath.ofNames(found.names()).equals(path)) {
                    walker.enterPinned(found.pin(), PathNode.of(start), marks.at(start), false);
                } else {
                    findings.error(path, "", path + " has become a symbolic link; it was not searched");
                }
            } finally {
                libC.close(found.pin());
            }
        } else if (resolution instanceof PathResolver.Refused refused) {
            findings.error(refused.error());
        }
    }
}
