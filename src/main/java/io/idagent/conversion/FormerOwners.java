package io.idagent.conversion;

import io.idagent.ownership.AttributeHit;
import io.idagent.ownership.AttributeValue;
import io.idagent.ownership.Hit;
import io.idagent.ownership.OwnerAttribute;
import io.idagent.ownership.OwnerHit;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The owners that files had before a conversion, and their attributes, as its manifest tells.
 *
 * <p>From the numbers alone the way back is not one to one: an adopted orphan and a file of the account have the same
 * owner afterwards, and so has a file that carried the target id all along; two entries of an ACL may have become one.
 */
final class FormerOwners implements InventoryStep.Correction {

    private final SameFile sameFile;
    /** By inode. Of a file with several names a scan gives one, and not always the same. */
    private final Map<Long, Set<RawPath>> paths = new HashMap<>();

    private final Map<FileKey, OwnerHit> owners = new HashMap<>();
    private final Map<AttributeKey, AttributeHit> attributes = new HashMap<>();

    private record FileKey(RawPath path, long inode) {}

    private record AttributeKey(FileKey file, OwnerAttribute attribute) {}

    /** Whether two paths are names of one file. */
    interface SameFile {
        boolean test(RawPath one, RawPath other);
    }

    private FormerOwners(SameFile sameFile) {
        this.sameFile = sameFile;
    }

    /** @param manifests oldest first */
    static FormerOwners of(List<Manifest> manifests, SameFile sameFile) throws IOException {
        FormerOwners former = new FormerOwners(sameFile);
        for (Manifest manifest : manifests) {
            for (int pass : manifest.passes()) {
                manifest.read(pass, former::remember);
            }
        }
        return former;
    }

    /** A file that is named more than once: the first time tells what it had at the beginning. */
    private void remember(Hit hit) {
        paths.computeIfAbsent(hit.inode(), inode -> new LinkedHashSet<>(1)).add(hit.path());
        if (hit instanceof OwnerHit owner) {
            owners.putIfAbsent(key(hit), owner);
        } else if (hit instanceof AttributeHit attribute) {
            attributes.merge(
                    new AttributeKey(key(hit), attribute.attribute()),
                    attribute,
                    (first, later) -> first.withAfter(later.after()));
        }
    }

    @Override
    public Hit apply(Hit found) {
        return found instanceof OwnerHit owner ? owner(owner) : attribute((AttributeHit) found);
    }

    private Hit owner(OwnerHit found) {
        OwnerHit then = owners.get(keyThen(found));
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

    /** One that somebody has changed since goes back by its numbers. */
    private Hit attribute(AttributeHit found) {
        AttributeHit then = attributes.get(new AttributeKey(keyThen(found), found.attribute()));
        if (then == null || !then.after().equals(found.before())) {
            return found;
        }
        AttributeValue back = then.before();
        return back.equals(found.before()) ? null : found.withAfter(back);
    }

    private static FileKey key(Hit hit) {
        return new FileKey(hit.path(), hit.inode());
    }

    /** Under the name that the file was noted with. */
    private FileKey keyThen(Hit found) {
        Set<RawPath> names = paths.getOrDefault(found.inode(), Set.of());
        if (names.contains(found.path())) {
            return key(found);
        }
        return names.stream()
                .filter(name -> sameFile.test(name, found.path()))
                .findFirst()
                .map(name -> new FileKey(name, found.inode()))
                .orElse(key(found));
    }
}
