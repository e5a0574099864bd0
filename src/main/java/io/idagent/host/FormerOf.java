package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.Set;

/** The numbers that one account had before. */
public record FormerOf(String user, Set<Uid> uids, Set<Gid> gids) {

    public FormerOf {
        uids = Set.copyOf(uids);
        gids = Set.copyOf(gids);
    }
}
