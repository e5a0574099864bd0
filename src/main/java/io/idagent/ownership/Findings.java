package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.Gid;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one scan has found so far: judges each file that the walk comes to, counts it, and sends it to the sink. The threads
 * of the walk come one at a time; what is kept does not depend on who comes first, the order in the sink does.
 */
final class Findings {

    private final ScanRequest request;
    private final NamelessIds nameless;
    private final HitSink sink;
    private final ScanProgress progress;
    private final Map<Owner, Verdict> whereAdopted = new HashMap<>();
    private final Map<Owner, Verdict> elsewhere = new HashMap<>();
    private final SeenInodes seen = new SeenInodes();
    private final GrowingTally formerIds = new GrowingTally();
    private final GrowingTally adoptableOrphans = new GrowingTally();
    private final GrowingTally otherOrphans = new GrowingTally();
    private final GrowingTally alreadyTarget = new GrowingTally();
    private final GrowingTally acls = new GrowingTally();
    private final GrowingTally ownerRecords = new GrowingTally();
    private final GrowingTally staleRecords = new GrowingTally();
    private final Set<Uid> carriedUids = new HashSet<>();
    private final Set<Gid> carriedGids = new HashSet<>();
    private final Map<Place, GrowingTally> sharedStorage = new LinkedHashMap<>();
    private final List<Path> absentRoots = new ArrayList<>();
    private final Smallest<PathError> errors = new Smallest<>(ScanResult.ERRORS);
    private long errorCount;
    private long entries;
    private boolean closed;

    Findings(ScanRequest request, NamelessIds nameless, HitSink sink, ScanProgress progress) {
        this.request = request;
        this.nameless = nameless;
        this.sink = sink;
        this.progress = progress;
    }

    /** Entries were looked at. */
    synchronized void count(long number) {
        if (number > 0 && !closed) {
            entries += number;
            progress.seen(entries);
        }
    }

    /** Whether the rules have anything to say about an owner. */
    synchronized boolean concern(int uidBits, int gidBits, boolean adopts) throws NameServiceException {
        // An owner of -1 is refused when it is recorded.
        if (uidBits == -1 || gidBits == -1) {
            return true;
        }
        Verdict verdict = verdict(new Owner(Uid.ofBits(uidBits), Gid.ofBits(gidBits)), adopts);
        return verdict.reason().isPresent() || verdict.orphanStays();
    }

    /** What a thread that has been given up says from now on is not heard. */
    synchronized void close() {
        closed = true;
    }

    /** Once an inode, whatever names it has. */
    synchronized void record(
            FileStatus status, PathNode node, Place place, boolean adopts, List<FoundAttribute> attributes)
            throws IOException, NameServiceException {
        boolean mayComeAgain = place.isSeenTwice() || status.links() > 1 && status.type() != FileType.DIRECTORY;
        if (closed || mayComeAgain && !seen.add(status.device(), status.inode())) {
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
        Verdict verdict = verdict(status.owner(), adopts);
        if (verdict.reason().filter(Reason.ORPHAN::equals).isPresent() && hasOtherNames(status)) {
            verdict = verdict(status.owner(), false);
        }
        long bytes = status.type() == FileType.REGULAR ? status.size() : 0;
        if (verdict.orphanStays()) {
            otherOrphans.add(bytes, path);
        }
        if (verdict.reason().isEmpty()) {
            return;
        }
        Reason reason = verdict.reason().get();
        noteNumbers(status.owner());
        if (place.isOnlyCounted()) {
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

    /** They may lie where nothing is adopted, and whoever made this one may not have owned the file. */
    private static boolean hasOtherNames(FileStatus status) {
        return status.links() > 1 && status.type() != FileType.DIRECTORY;
    }

    private void noteNumbers(Owner owner) {
        if (request.rules().uids().containsKey(owner.uid())) {
            carriedUids.add(owner.uid());
        }
        if (request.rules().gids().containsKey(owner.gid())) {
            carriedGids.add(owner.gid());
        }
    }

    synchronized void enteredShared(Place place) {
        sharedStorage.putIfAbsent(place, new GrowingTally());
    }

    synchronized void absent(Path root) {
        absentRoots.add(root);
    }

    void error(RawPath path, int errno, String what) {
        error(path, Errno.name(errno), what + " " + path + ": " + Errno.text(errno));
    }

    void error(RawPath path, String errno, String sentence) {
        error(new PathError(path.toString(), errno, sentence));
    }

    synchronized void error(PathError error) {
        errorCount++;
        errors.add(error);
    }

    synchronized ScanResult result() {
        List<MountTally> shared = new ArrayList<>();
        sharedStorage.forEach((place, count) -> shared.add(
                new MountTally(place.mount().point().toString(), place.mount().type(), count.tally())));
        shared.sort((one, other) -> one.mountPoint().compareTo(other.mountPoint()));
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
                new CarriedOwners(carriedUids, carriedGids),
                absentRoots,
                errors.inOrder(),
                errorCount);
    }

    /** No rule is asked twice, and no name service. */
    private Verdict verdict(Owner owner, boolean adopts) throws NameServiceException {
        Map<Owner, Verdict> known = adopts ? whereAdopted : elsewhere;
        Verdict verdict = known.get(owner);
        if (verdict == null) {
            verdict = request.rules().judge(owner, adopts, request.inDepth(), nameless);
            known.put(owner, verdict);
        }
        return verdict;
    }

    private GrowingTally count(Reason reason) {
        return switch (reason) {
            case FORMER_ID -> formerIds;
            case ORPHAN -> adoptableOrphans;
            case ALREADY_TARGET -> alreadyTarget;
        };
    }
}
