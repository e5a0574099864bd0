package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.Optional;

/**
 * A former number that an account of ours keeps from being given to others.
 *
 * @param name of that account, or group
 * @param uid the number; empty if it is a gid
 * @param whyKept a sentence about the files because of which it must stay; empty: no file carries the number any more
 */
public record ReservedId(String name, Optional<Uid> uid, Optional<Gid> gid, Optional<String> whyKept) {

    /** "uid 109". */
    public String number() {
        return uid.map(number -> "uid " + number).orElseGet(() -> "gid " + gid.orElseThrow());
    }
}
