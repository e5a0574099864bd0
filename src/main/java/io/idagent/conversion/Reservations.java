package io.idagent.conversion;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.Set;

/**
 * What a conversion has to do with {@link io.idagent.host.ReservedIds}.
 *
 * @param wanted whether the numbers that it leaves are to be kept from being given to others
 * @param uids those that were kept when it was planned: where it is undone they are again
 * @param gids the same
 */
public record Reservations(boolean wanted, Set<Uid> uids, Set<Gid> gids) {

    public static final Reservations NONE = new Reservations(false, Set.of(), Set.of());

    public Reservations {
        uids = Set.copyOf(uids);
        gids = Set.copyOf(gids);
    }
}
