package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.Uid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The numbers that the account had before.
 *
 * <p>A former id counts only while it has no name: numbers that become free are given to the next package, and its files
 * are not ours.
 *
 * @param reused a sentence for each number that has been given to somebody else
 */
public record FormerIds(Set<Uid> uids, Set<Gid> gids, List<String> reused) {

    public static final FormerIds NONE = new FormerIds(Set.of(), Set.of(), List.of());

    public FormerIds {
        uids = Set.copyOf(uids);
        gids = Set.copyOf(gids);
        reused = List.copyOf(reused);
    }

    /** Those of the candidates that are still nobody's. The account's own current and target numbers are none. */
    public static FormerIds among(Set<Uid> uids, Set<Gid> gids, Set<String> ownNames, Names names)
            throws NameServiceException {
        Set<Uid> freeUids = new HashSet<>();
        Set<Gid> freeGids = new HashSet<>();
        List<String> reused = new ArrayList<>();
        for (Uid uid : uids) {
            Optional<String> name = names.userName(uid);
            if (name.isEmpty()) {
                freeUids.add(uid);
            } else if (!ownNames.contains(name.get())) {
                reused.add("uid " + uid + " belongs to user " + name.get() + " now");
            }
        }
        for (Gid gid : gids) {
            Optional<String> name = names.groupName(gid);
            if (name.isEmpty()) {
                freeGids.add(gid);
            } else if (!ownNames.contains(name.get())) {
                reused.add("gid " + gid + " belongs to group " + name.get() + " now");
            }
        }
        return new FormerIds(freeUids, freeGids, reused);
    }
}
