package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;

/** The numbers that one account leaves, and those that it takes. Either half may stay as it is. */
public record AccountChange(String user, Uid uidFrom, Uid uidTo, String group, Gid gidFrom, Gid gidTo, String home) {

    public AccountChange reversed() {
        return new AccountChange(user, uidTo, uidFrom, group, gidTo, gidFrom, home);
    }

    public boolean changesUid() {
        return !uidFrom.equals(uidTo);
    }

    public boolean changesGid() {
        return !gidFrom.equals(gidTo);
    }

    public boolean changesNothing() {
        return !changesUid() && !changesGid();
    }

    public Owner from() {
        return new Owner(uidFrom, gidFrom);
    }

    public Owner to() {
        return new Owner(uidTo, gidTo);
    }
}
