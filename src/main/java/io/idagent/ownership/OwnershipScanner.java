package io.idagent.ownership;

import io.idagent.platform.FileStatus;
import io.idagent.platform.LibC;
import io.idagent.platform.MountTable;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds the files whose owner the rules have something to say about; changes nothing, not even a time of access.
 *
 * <p>Nothing is followed: no symbolic link (but those of root on the way to a root), no automount. A file that changes
 * while the scan runs is seen as it was or as it is. What vanishes meanwhile is no error; what cannot be looked at always
 * is one, and the rest is searched. Several threads search; the sink and the progress are called by one at a time.
 */
public final class OwnershipScanner {

    private final LibC libC;
    private final Names names;
    private final MountTable.Source mounts;
    private final ScanLimits limits;

    public OwnershipScanner(LibC libC, Names names, MountTable.Source mounts) {
        this(libC, names, mounts, ScanLimits.DEFAULT);
    }

    public OwnershipScanner(LibC libC, Names names, MountTable.Source mounts, ScanLimits limits) {
        this.libC = libC;
        this.names = names;
        this.mounts = mounts;
        this.limits = limits;
    }

    /** Whether two paths, found earlier, are names of one file now. */
    public boolean isSameFile(TreeBase base, RawPath one, RawPath other) {
        Optional<FileIdentity> first = identity(base, one);
        return first.isPresent()
                && identity(base, other).filter(first.get()::isSameFileAs).isPresent();
    }

    private Optional<FileIdentity> identity(TreeBase base, RawPath path) {
        int pin = new PathPin(libC).pin(base, path);
        if (pin < 0) {
            return Optional.empty();
        }
        try {
            FileStatus status = new FileStatus();
            return libC.statx(pin, 0, status) < 0 ? Optional.empty() : Optional.of(FileIdentity.of(status));
        } finally {
            libC.close(pin);
        }
    }

    /**
     * @throws IOException from the sink; or if the mounts cannot be read, or the kernel is older than 5.8
     * @throws NameServiceException if a name service had to be asked and could not answer: no result at all, because an
     *     outage makes living users look deleted
     */
    public ScanResult scan(TreeBase base, ScanRequest request, HitSink sink, ScanProgress progress)
            throws IOException, NameServiceException {
        Findings findings = new Findings(request, new NamelessIds(names), sink, progress);
        WalkContext context = new WalkContext(
                libC,
                base,
                new Places(mounts, request, findings),
                findings,
                new AttributeRules(request.rules()),
                BootTime.ofThisHost());
        try (TreeWalk walk = new TreeWalk(context, limits)) {
            new RootSearch(libC, base, findings, walk, limits).search(request);
        }
        return findings.result();
    }
}
