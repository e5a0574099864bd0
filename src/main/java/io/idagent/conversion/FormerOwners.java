package io.idagent.conversion;

import io.idagent.ownership.Hit;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The owners that files had before a conversion, as its manifest tells.
 *
 * <p>From the numbers alone the way back is not one to one: an adopted orphan and a file of the account have the same
 * owner afterwards, and so has a file that carried the target id all along.
 */
final class FormerOwners implements InventoryStep.Correction {

    private final Map<Key, Hit> converted;

    private record Key(RawPath path, long inode) {}

    private FormerOwners(Map<Key, Hit> converted) {
        this.converted = converted;
    }

    /** @param manifests oldest first */
    static FormerOwners of(List<Manifest> manifests) throws IOException {
        Map<Key, Hit> converted = new HashMap<>();
        for (Manifest manifest : manifests) {
            for (int pass : manifest.passes()) {
                // A file that is named more than once: the first time tells the owner it had at the beginning.
                manifest.read(pass, hit -> converted.putIfAbsent(key(hit), hit));
            }
        }
        return new FormerOwners(converted);
    }

    @Override
    public Hit apply(Hit found) {
        Hit then = converted.get(key(found));
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

    private static Key key(Hit hit) {
        return new Key(hit.path(), hit.inode());
    }
}
