package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.ProcessStatus;
import io.idagent.platform.Uid;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** Numbers that processes are searched for: a process matters if it carries one of them in any of its credentials. */
public record WatchedIds(Set<Uid> uids, Set<Gid> gids) {

    public static final WatchedIds NONE = new WatchedIds(Set.of(), Set.of());

    public WatchedIds {
        uids = Set.copyOf(uids);
        gids = Set.copyOf(gids);
    }

    /** @param owners the current, the former and libvirt's cached owner, for example */
    public static WatchedIds of(Collection<Owner> owners) {
        Set<Uid> uids = new HashSet<>();
        Set<Gid> gids = new HashSet<>();
        for (Owner owner : owners) {
            uids.add(owner.uid());
            gids.add(owner.gid());
        }
        return new WatchedIds(uids, gids);
    }

    public WatchedIds without(WatchedIds others) {
        Set<Uid> remainingUids = new HashSet<>(uids);
        remainingUids.removeAll(others.uids);
        Set<Gid> remainingGids = new HashSet<>(gids);
        remainingGids.removeAll(others.gids);
        return new WatchedIds(remainingUids, remainingGids);
    }

    /** Those of these numbers that the process carries. */
    public WatchedIds carriedBy(ProcessStatus process) {
        // Of two thousand processes most carry none: nothing is made for those.
        if (Collections.disjoint(process.uids(), uids) && Collections.disjoint(process.gids(), gids)) {
            return NONE;
        }
        Set<Uid> carriedUids = new HashSet<>(uids);
        carriedUids.retainAll(process.uids());
        Set<Gid> carriedGids = new HashSet<>(gids);
        carriedGids.retainAll(process.gids());
        return new WatchedIds(carriedUids, carriedGids);
    }

    public boolean isEmpty() {
        return uids.isEmpty() && gids.isEmpty();
    }
}
