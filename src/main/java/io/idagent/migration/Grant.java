package io.idagent.migration;

import io.idagent.ownership.AccessGrant;
import java.time.Instant;
import java.util.List;

/**
 * Access that was given to other hosts' numbers, and is still out.
 *
 * @param at when it was first given
 * @param domains for whose sake
 * @param evacuation an evacuation gave it and takes it back; otherwise a person did, and will
 */
public record Grant(Instant at, List<String> domains, AccessGrant access, boolean evacuation) {

    public Grant {
        domains = List.copyOf(domains);
    }
}
