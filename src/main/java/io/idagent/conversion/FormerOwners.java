package io.idagent.conversion;

import io.idagent.ownership.AttributeHit;
import io.idagent.ownership.AttributeValue;
import io.idagent.ownership.Hit;
import io.idagent.ownership.OwnerHit;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The owners that files had before a conversion, and their attributes, as its manifest tells.
 *
 * <p>From the numbers alone the way back is not one to one: an adopted orphan and a file of the account have the same
 * owner afterwards, and so has a file that carried the target id all along; two entries of an ACL may have become one.
 * Of a file that is not noted the numbers decide: it was made since. But where the conversion could not look, it may as well
 * have been there, and stays as it is.
 */
final class FormerOwners implements InventoryStep.Correction {

    private final NotedFiles noted;
    private final SameFile sameFile;
    private final Set<String> unread;
    private final Doubts doubts;
    private final Set<String> doubted = new HashSet<>();

    /** Whether two paths are names of one file. */
    interface SameFile {
        boolean test(RawPath one, RawPath other);
    }

    /** Hears of files that stay as they are because they may always have been so. */
    interface Doubts {
        /** @param place below which the conversion could not look. @param first of the files there; of others nothing is said */
        void about(String place, RawPath first);
    }

    private FormerOwners(NotedFiles noted, SameFile sameFile, Set<String> unread, Doubts doubts) {
        this.noted = noted;
        this.sameFile = sameFile;
        this.unread = unread;
        this.doubts = doubts;
    }

    /** @param manifests oldest first */
    static FormerOwners of(List<Manifest> manifests, SameFile sameFile, Doubts doubts) throws IOException {
        Set<String> unread = new TreeSet<>();
        for (Manifest manifest : manifests) {
            unread.addAll(manifest.unread());
        }
        return new FormerOwners(NotedFiles.in(manifests), sameFile, unread, doubts);
    }

    @Override
    public Hit apply(Hit found) throws IOException {
        List<Hit> then = then(found);
        Optional<String> unreadPlace = then.isEmpty() ? unreadPlace(found.path()) : Optional.empty();
        if (unreadPlace.isPresent()) {
            if (doubted.add(unreadPlace.get())) {
                doubts.about(unreadPlace.get(), found.path());
            }
            return null;
        }
        return found instanceof OwnerHit owner ? owner(owner, then) : attribute((AttributeHit) found, then);
    }

    /**
     * A file that has the target's ids already, because a rollback could not give it back. It is noted with what it had
     * before all that, so that it is given back next time.
     */
    Hit asItWas(Hit found) throws IOException {
        Hit back = apply(found);
        return back == null || !back.changes() ? found : back.reversed();
    }

    private Optional<String> unreadPlace(RawPath path) {
        if (unread.isEmpty()) {
            return Optional.empty();
        }
        String file = path.toString();
        return unread.stream()
                .filter(place -> file.equals(place) || file.startsWith(place.endsWith("/") ? place : place + "/"))
                .findFirst();
    }

    /** A file that is named more than once: the first time tells what it had at the beginning. */
    private static Hit owner(OwnerHit found, List<Hit> noted) {
        OwnerHit then = firstOwner(noted);
        if (then == null) {
            return found;
        }
        // Half by half: somebody may have given the other half away since.
        Owner now = found.before();
        Owner back = new Owner(
                now.uid().equals(then.after().uid()) ? then.before().uid() : now.uid(),
                now.gid().equals(then.after().gid()) ? then.before().gid() : now.gid());
        return back.equals(now) ? null : found.withAfter(back);
    }

    private static OwnerHit firstOwner(List<Hit> noted) {
        for (Hit hit : noted) {
            if (hit instanceof OwnerHit owner) {
                return owner;
            }
        }
        return null;
    }

    /** One that somebody has changed since goes back by its numbers. */
    private static Hit attribute(AttributeHit found, List<Hit> noted) {
        List<AttributeHit> then = noted.stream()
                .filter(AttributeHit.class::isInstance)
                .map(AttributeHit.class::cast)
                .filter(hit -> hit.attribute() == found.attribute())
                .toList();
        if (then.isEmpty() || !then.get(then.size() - 1).after().equals(found.before())) {
            return found;
        }
        AttributeValue back = then.get(0).before();
        return back.equals(found.before()) ? null : found.withAfter(back);
    }

    /** What was noted of a file, under whatever name: of one with several a scan gives one, and not always the same. */
    private List<Hit> then(Hit found) throws IOException {
        List<Hit> all = noted.withInode(found.inode());
        if (areAllOf(found.path(), all)) {
            return all;
        }
        // Others may be of a file on another file system that has this inode as well.
        Set<RawPath> names = all.stream()
                .map(Hit::path)
                .filter(path -> path.equals(found.path()) || sameFile.test(path, found.path()))
                .collect(Collectors.toSet());
        return all.stream().filter(hit -> names.contains(hit.path())).toList();
    }

    /** Nearly always: then nothing has to be sorted out. */
    private static boolean areAllOf(RawPath path, List<Hit> hits) {
        for (Hit hit : hits) {
            if (!hit.path().equals(path)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        noted.close();
    }
}
