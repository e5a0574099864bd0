package io.idagent.ownership;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.Set;

/**
 * The orphan policy "adopt": what has a number without a name goes to the account, if the number is one that the account
 * may have had.
 *
 * @param uid who gets files whose uid has no name
 * @param gid which group gets files whose gid has no name
 * @param uidRange from which system accounts get dynamic uids: SYS_UID_MIN to SYS_UID_MAX of login.defs
 * @param gidRange the same for gids
 * @param neverUids numbers that another configured account has had
 * @param neverGids the same for gids
 */
public record Adoption(Uid uid, Gid gid, IdRange uidRange, IdRange gidRange, Set<Uid> neverUids, Set<Gid> neverGids) {

    public Adoption {
        neverUids = Set.copyOf(neverUids);
        neverGids = Set.copyOf(neverGids);
    }

    public boolean takes(Uid orphan) {
        return uidRange.contains(orphan.value()) && !neverUids.contains(orphan);
    }

    public boolean takes(Gid orphan) {
        return gidRange.contains(orphan.value()) && !neverGids.contains(orphan);
    }
}
