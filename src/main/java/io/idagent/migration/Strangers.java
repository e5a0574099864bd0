package io.idagent.migration;

import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.Uid;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/**
 * Numbers that are somebody's on this host. What is a hypervisor's account on the other side may be another service here,
 * which would read and write the disks of guests for as long as they are open to that number.
 */
public final class Strangers {

    private final Names names;
    private final Set<String> own;

    /** @param own accounts that may have access */
    public Strangers(Names names, Set<String> own) {
        this.names = names;
        this.own = Set.copyOf(own);
    }

    /** @return why these must not be given access; empty: they may */
    public Optional<String> among(Collection<Uid> uids) {
        for (Uid uid : uids) {
            if (uid.equals(Uid.ROOT)) {
                continue; // It may do so anyway.
            }
            try {
                Optional<String> name = names.userName(uid).filter(found -> !own.contains(found));
                if (name.isPresent()) {
                    return Optional.of("on this host " + uid + " is " + name.get()
                            + ", which would read and write the disks;"
                            + " let the other side be converted first, or give " + name.get() + " another number");
                }
            } catch (NameServiceException e) {
                return Optional.of("whose number " + uid + " is on this host is not known: " + e.getMessage());
            }
        }
        return Optional.empty();
    }
}
