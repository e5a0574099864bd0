package io.idagent.ownership;

import io.idagent.platform.LibC;
import io.idagent.platform.MountTable;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the files whose owner the rules have something to say about; changes nothing, not even a time of access.
 *
 * <p>Nothing is followed: no symbolic link (but those of root on the way to a root), no automount. A file that changes
 * while the scan runs is seen as it was or as it is. What vanishes meanwhile is no error; what cannot be looked at always
 * is one, and the rest is searched.
 */
public final class OwnershipScanner {

    private final LibC libC;
    private final Names names;
    private final MountTable.Source mounts;

    public OwnershipScanner(LibC libC, Names names, MountTable.Source mounts) {
        this.libC = libC;
        this.names = names;
        this.mounts = mounts;
    }

    /**
     * @throws IOException from the sink; or if the mounts cannot be read, or the kernel is older than 5.8
     * @throws NameServiceException if a name service had to be asked and could not answer: no result at all, because an
     *     outage makes living users look deleted
     */
    public ScanResult scan(TreeBase base, ScanRequest request, HitSink sink, ScanProgress progress)
            throws IOException, NameServiceException {
        Findings findings = new Findings(request, new NamelessIds(names), sink, progress);
        Places places = new Places(mounts, request, findings);
        AttributeLook attributes = new AttributeLook(libC, new AttributeRules(request.rules()), BootTime.ofThisHost());
        PathResolver resolver = new PathResolver(libC, base);
        TreeMarks marks = new TreeMarks();
        for (Path exclusion : request.exclusions()) {
            exclude(exclusion, resolver, marks, findings);
        }
        List<List<byte[]>> starts = new ArrayList<>();
        for (Root root : request.roots()) {
            findRoot(root, resolver, marks, findings, starts);
        }
        // Outer roots first: then the inner ones are mostly done already.
        starts.sort((one, other) -> Integer.compare(one.size(), other.size()));
        try (TreeWalk walk = new TreeWalk(libC, places, findings, attributes)) {
            for (List<byte[]> start : starts) {
                TreeMarks mark = marks.at(start);
                if (!mark.isWalked() && !marks.excludes(start)) {
                    walkFrom(start, resolver, marks, findings, walk);
                }
            }
        }
        return findings.result();
    }

    private void exclude(Path exclusion, PathResolver resolver, TreeMarks marks, Findings findings) {
        // By its text too: an exclusion that is made while we walk, or cannot be resolved, still is one.
        marks.exclude(RawPath.of(exclusion).names());
        PathResolver.Resolution resolution = resolver.resolve(exclusion);
        if (resolution instanceof PathResolver.Found found) {
            libC.close(found.pin());
            marks.exclude(found.names());
        } else if (resolution instanceof PathResolver.Refused refused) {
            findings.error(refused.error());
        }
    }

    private void findRoot(
            Root root, PathResolver resolver, TreeMarks marks, Findings findings, List<List<byte[]>> starts) {
        PathResolver.Resolution resolution = resolver.resolve(root.path());
        if (resolution instanceof PathResolver.Found found) {
            libC.close(found.pin());
            marks.addRoot(found.names(), root.adoptsOrphans());
            starts.add(found.names());
        } else if (resolution instanceof PathResolver.Refused refused) {
            findings.error(refused.error());
        } else {
            findings.absent(root.path());
        }
    }

    /** Pinned again, so that not all roots need a descriptor at the same time; the names hold no link any more. */
    private void walkFrom(List<byte[]> start, PathResolver resolver, TreeMarks marks, Findings findings, TreeWalk walk)
            throws IOException, NameServiceException {
        RawPath path = RawPath.ofNames(start);
        PathResolver.Resolution resolution = resolver.resolve(path);
        if (resolution instanceof PathResolver.Found found) {
            try {
                if (RawPath.ofNames(found.names()).equals(path)) {
                    walk.from(found.pin(), PathNode.of(start), marks.at(start));
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
