package io.idagent.ownership;

import io.idagent.platform.Gid;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.Uid;
import java.util.HashMap;
import java.util.Map;

/** Which ids have no name; asks the name services once for each id. */
public final class NamelessIds {

    private final Names names;
    private final Map<Uid, Boolean> uids = new HashMap<>();
    private final Map<Gid, Boolean> gids = new HashMap<>();

    public NamelessIds(Names names) {
        this.names = names;
    }

    boolean contain(Uid uid) throws NameServiceException {
        Boolean known = uids.get(uid);
        if (known == null) {
            known = names.userName(uid).isEmpty();
            uids.put(uid, known);
        }
        return known;
    }

    boolean contain(Gid gid) throws NameServiceException {
        Boolean known = gids.get(gid);
        if (known == null) {
            known = names.groupName(gid).isEmpty();
            gids.put(gid, known);
        }
        return known;
    }
}
