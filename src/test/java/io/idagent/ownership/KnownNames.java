package io.idagent.ownership;

import io.idagent.platform.Gid;
import io.idagent.platform.GroupEntry;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.Uid;
import io.idagent.platform.UserEntry;
import java.util.Optional;
import java.util.Set;

/** A name service that knows the given numbers, counts the questions, and can be down. */
final class KnownNames implements Names {

    private final Set<Long> uids;
    private final Set<Long> gids;
    private int questions;
    private boolean down;

    KnownNames(Set<Long> uids, Set<Long> gids) {
        this.uids = Set.copyOf(uids);
        this.gids = Set.copyOf(gids);
    }

    void breakDown() {
        down = true;
    }

    int questions() {
        return questions;
    }

    @Override
    public Optional<String> userName(Uid uid) throws NameServiceException {
        return answer(uids.contains(uid.value()), "user" + uid);
    }

    @Override
    public Optional<String> groupName(Gid gid) throws NameServiceException {
        return answer(gids.contains(gid.value()), "group" + gid);
    }

    @Override
    public Optional<UserEntry> user(String name) {
        throw new AssertionError("nobody asks for a user by name");
    }

    @Override
    public Optional<GroupEntry> group(String name) {
        throw new AssertionError("nobody asks for a group by name");
    }

    private Optional<String> answer(boolean known, String name) throws NameServiceException {
        questions++;
        if (down) {
            throw new NameServiceException("the name service is down");
        }
        return known ? Optional.of(name) : Optional.empty();
    }
}
