package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one scan has found so far: judges each file that the walk comes to, counts it, and sends it to the sink. */
final class Findings {

    /** Owners change rarely from one file to the next, and there are few of them: no rule is asked twice. */
    private static final class KnownVerdicts {
        private final Map<Long, Verdict> verdicts = new LinkedHashMap<>();
        private long lastOwner;
        private Verdict lastVerdict;
    }

    private static final long PROGRESS_EVERY = 4096;

    private final ScanRequest request;
    private final NamelessIds nameless;
    private final HitSink sink;
    private final ScanProgress progress;
    private final KnownVerdicts whereAdopted = new KnownVerdicts();
    private final KnownVerdicts elsewhere = new KnownVerdicts();
    private final SeenInodes seen = new SeenInodes();
    private final Count formerIds = new Count();
    private final Count adoptableOrphans = new Count();
    private final Count otherOrphans = new Count();
    private final Count alreadyTarget = new Count();
    private final Count acls = new Count();
    private final Count ownerRecords = new Count();
    private final Count staleRecords = new Count();
    private final Map<Place, Count> sharedStorage = new LinkedHashMap<>();
    private final List<Path> absentRoots = new ArrayList<>();
    private final List<PathError> errors = new ArrayList<>();
    private long errorCount;
    private long entries;

    Findings(ScanRequest request, NamelessIds nameless, HitSink sink, ScanProgress progress) {
        this.request = request;
        this.nameless = nameless;
        this.sink = sink;
        this.progress = progress;
    }

    /** Counts an entry. */
    void count() {
        if (++entries % PROGRESS_EVERY == 0) {
            progress.seen(entries);
        }
    }

    /** Whether the rules have anything to say about the owner. */
    boolean concern(FileStatus status, boolean adopts) throws NameServiceException {
        // An owner of -1 is refused when it is recorded.
        if (status.uidBits() == -1 || status.gidBits() == -1) {
            return true;
        }
        Verdict verdict = verdict(status, adopts);
        return verdict.reason().isPresent() || verdict.orphanStays();
    }

    /** Once an inode, whatever names it has. */
    void record(FileStatus status, PathNode node, Place place, boolean adopts, List<FoundAttribute> attributes)
            throws IOException, NameServiceException {
        boolean mayComeAgain = place.isSeenTwice() || status.links() > 1 && status.type() != FileType.DIRECTORY;
        if (mayComeAgain && !seen.add(status.device(), status.inode())) {
            return;
        }
        RawPath path = node.path();
        // First: where root is nobody, only the owner that is about to be changed may change them.
        for (FoundAttribute attribute : attributes) {
            record(status, path, attribute);
        }
        recordOwner(status, path, place, adopts);
    }

    private void record(FileStatus status, RawPath path, FoundAttribute found) throws IOException {
        boolean isRecord = found.attribute() == OwnerAttribute.LIBVIRT_RECORD;
        if (found.stale()) {
            if (found.reason() == Reason.FORMER_ID) {
                staleRecords.add(0, path);
            }
            return;
        }
        if (found.reason() == Reason.FORMER_ID) {
            (isRecord ? ownerRecords : acls).add(0, path);
        }
        sink.hit(new AttributeHit(
                path, status.inode(), status.type(), found.attribute(), found.before(), found.after(), found.reason()));
    }

    private void recordOwner(FileStatus status, RawPath path, Place place, boolean adopts)
            throws IOException, NameServiceException {
        if (status.uidBits() == -1 || status.gidBits() == -1) {
            error(path, "", path + " has 4294967295 as an owner, which is no id and cannot be changed from or to");
            return;
        }
        Verdict verdict = verdict(status, adopts);
        long bytes = status.type() == FileType.REGULAR ? status.size() : 0;
        if (verdict.orphanStays()) {
            otherOrphans.add(bytes, path);
        }
        if (verdict.reason().isEmpty()) {
            return;
        }
        Reason reason = verdict.reason().get();
        if (place.isShared()) {
            if (reason != Reason.ALREADY_TARGET) {
                sharedStorage.get(place).add(bytes, path);
            }
            return;
        }
        count(reason).add(bytes, path);
        sink.hit(new OwnerHit(
                path,
                status.inode(),
                status.type(),
                status.mode() & FileStatus.PERMISSIONS,
                status.owner(),
                verdict.after(),
                reason,
                status.size()));
    }

    void enteredShared(Place place) {
        sharedStorage.putIfAbsent(place, new Count());
    }

    void absent(Path root) {
        absentRoots.add(root);
    }

    void error(RawPath path, int errno, String what) {
        error(path, Errno.name(errno), what + " " + path + ": " + Errno.text(errno));
    }

    void error(RawPath path, String errno, String sentence) {
        error(new PathError(path.toString(), errno, sentence));
    }

    void error(PathError error) {
        errorCount++;
        if (errors.size() < ScanResult.ERRORS) {
            errors.add(error);
        }
    }

    ScanResult result() {
        List<MountTally> shared = new ArrayList<>();
        sharedStorage.forEach((place, count) -> shared.add(
                new MountTally(place.mount().point().toString(), place.mount().type(), count.tally())));
        return new ScanResult(
                entries,
                formerIds.tally(),
                adoptableOrphans.tally(),
                otherOrphans.tally(),
                alreadyTarget.tally(),
                acls.tally(),
                ownerRecords.tally(),
                staleRecords.tally(),
                shared,
                absentRoots,
                errors,
                errorCount);
    }

    private Verdict verdict(FileStatus status, boolean adopts) throws NameServiceException {
        KnownVerdicts known = adopts ? whereAdopted : elsewhere;
        long owner = (long) status.uidBits() << 32 | Integer.toUnsignedLong(status.gidBits());
        if (known.lastVerdict == null || owner != known.lastOwner) {
            Verdict verdict = known.verdicts.get(owner);
            if (verdict == null) {
                verdict = request.rules().judge(status.owner(), adopts, request.inDepth(), nameless);
                known.verdicts.put(owner, verdict);
            }
            known.lastVerdict = verdict;
            known.lastOwner = owner;
        }
        return known.lastVerdict;
    }

    private Count count(Reason reason) {
        return switch (reason) {
            case FORMER_ID -> formerIds;
            case ORPHAN -> adoptableOrphans;
            case ALREADY_TARGET -> alreadyTarget;
        };
    }

    /** A tally that grows. */
    private static final class Count {
        private final List<String> firstPaths = new ArrayList<>();
        private long files;
        private long bytes;

        void add(long size, RawPath path) {
            files++;
            bytes += size;
            if (firstPaths.size() < Tally.PATHS) {
                firstPaths.add(path.toString());
            }
        }

        Tally tally() {
            return new Tally(files, bytes, firstPaths);
        }
    }
}
