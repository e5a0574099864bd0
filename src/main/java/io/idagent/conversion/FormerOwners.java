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
import java.util.List;
import java.util.Map;

/**
 * The owners that files had before a conversion, and their attributes, as its manifest tells.
 *
 * <p>From the numbers alone the way back is not one to one: an adopted orphan and a file of the account have the same
 * owner afterwards, and so has a file that carried the target id all along; two entries of an ACL may have become one.
 */
final class FormerOwners implements InventoryStep.Correction {

    private final Map<FileKey, OwnerHit> owners = new HashMap<>();
    private final Map<AttributeKey, AttributeHit> attributes = new HashMap<>();

    private record FileKey(RawPath path, long inode) {
        static FileKey of(Hit hit) {
            return new FileKey(hit.path(), hit.inode());
        }
    }

    private record AttributeKey(FileKey file, OwnerAttribute attribute) {
        static AttributeKey of(AttributeHit hit) {
            return new AttributeKey(FileKey.of(hit), hit.attribute());
        }
    }

    private FormerOwners() {}

    /** @param manifests oldest first */
    static FormerOwners of(List<Manifest> manifests) throws IOException {
        FormerOwners former = new FormerOwners();
        for (Manifest manifest : manifests) {
            for (int pass : manifest.passes()) {
                manifest.read(pass, former::remember);
            }
        }
        return former;
    }

    /** A file that is named more than once: the first time tells what it had at the beginning. */
    private void remember(Hit hit) {
        if (hit instanceof OwnerHit owner) {
            owners.putIfAbsent(FileKey.of(owner), owner);
        } else if (hit instanceof AttributeHit attribute) {
            attributes.merge(AttributeKey.of(attribute), attribute, (first, later) -> first.withAfter(later.after()));
        }
    }

    @Override
    public Hit apply(Hit found) {
        return found instanceof OwnerHit owner ? owner(owner) : attribute((AttributeHit) found);
    }

    private Hit owner(OwnerHit found) {
        OwnerHit then = owners.get(FileKey.of(found));
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
        AttributeHit then = attributes.get(AttributeKey.of(found));
        if (then == null || !then.after().equals(found.before())) {
            return found;
        }
        AttributeValue back = then.before();
        return back.equals(found.before()) ? null : found.withAfter(back);
    }
}
