package io.idagent.ownership;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.Set;

/** Numbers that the owners of files were found to have, on file systems that are only counted too. */
public record CarriedOwners(Set<Uid> uids, Set<Gid> gids) {

    public static final CarriedOwners NONE = new CarriedOwners(Set.of(), Set.of());

    public CarriedOwners {
        uids = Set.copyOf(uids);
        gids = Set.copyOf(gids);
    }
}
