package io.idagent.assessment;

import io.idagent.host.HostSnapshot;
import java.util.List;

/**
 * What the agent concludes about a host.
 *
 * @param sentence the state for a person
 * @param host what it was concluded from
 */
public record Assessment(
        State state,
        String sentence,
        Readiness readiness,
        List<Blocker> blockers,
        List<Finding> findings,
        HostSnapshot host) {

    public Assessment {
        blockers = List.copyOf(blockers);
        findings = List.copyOf(findings);
    }

    /** Whether nothing but guests is in the way: then waiting may help. */
    public boolean isHeldByGuestsOnly() {
        return !blockers.isEmpty()
                && blockers.stream().allMatch(blocker -> blocker.obstacle() == Blocker.Obstacle.GUESTS);
    }
}
