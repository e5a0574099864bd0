package io.idagent.agent;

import io.idagent.assessment.State;
import io.idagent.settings.ConvertPolicy;
import io.idagent.settings.DaemonSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** When the daemon has a host changed without being told to. A pure function; root applies it once more by itself. */
public final class DaemonRules {

    /** For those who have not watched. */
    static final Duration QUIET_FOR_LONG = ChronoUnit.FOREVER.getDuration();

    /** So often a recovery is tried without a pause; what it lacks may come up with the rest of the host. */
    static final int RECOVERIES_AT_ONCE = 3;

    private final DaemonSettings settings;

    public DaemonRules(DaemonSettings settings) {
        this.settings = settings;
    }

    /** Whether something would be done in this state, were nothing held. */
    public static boolean wantsWork(State state) {
        return switch (state) {
            case CONVERTIBLE, FAILED, LEFTOVERS, RESTART_NEEDED, INTERRUPTED -> true;
            case NOT_APPLICABLE, NORMALIZED, BLOCKED, CONVERTING -> false;
        };
    }

    /**
     * @param paused the reason in the pause file, if there is one
     * @param quietFor how long there has been no guest
     * @return why nothing is done now; empty: go on
     */
    public List<Hold> holds(State state, Optional<String> paused, Attempts attempts, Duration quietFor, Instant now) {
        if (state == State.INTERRUPTED) {
            // A host between two states is worse than any reason to wait, but for one: that it has helped nothing so
            // far.
            return attempts.failures() < RECOVERIES_AT_ONCE ? List.of() : backingOff(attempts, now);
        }
        List<Hold> holds = new ArrayList<>();
        paused.ifPresent(reason -> holds.add(new Hold(
                Hold.Kind.PAUSED, "paused by /etc/libvirt-id-agent/paused" + (reason.isEmpty() ? "" : ": " + reason))));
        if (settings.convert() == ConvertPolicy.MANUAL) {
            holds.add(new Hold(Hold.Kind.MANUAL, "idagent.convert = manual; run libvirt-id-agent --convert-now"));
        }
        boolean needsQuiet = state == State.CONVERTIBLE || state == State.FAILED;
        Duration toGo = settings.quietPeriod().minus(quietFor);
        if (needsQuiet && toGo.compareTo(Duration.ZERO) > 0) {
            holds.add(new Hold(
                    Hold.Kind.QUIET_PERIOD,
                    "no guest for less than " + settings.quietPeriod().toSeconds() + " s; "
                            + Math.max(1, toGo.toSeconds()) + " s to go"));
        }
        holds.addAll(backingOff(attempts, now));
        return List.copyOf(holds);
    }

    private static List<Hold> backingOff(Attempts attempts, Instant now) {
        return attempts.pauseUntil(now).stream()
                .map(next -> new Hold(
                        Hold.Kind.BACKING_OFF,
                        "tried " + attempts.failures() + " times in vain (" + attempts.why() + "); tries again at "
                                + next))
                .toList();
    }
}
