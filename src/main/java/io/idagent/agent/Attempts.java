package io.idagent.agent;

import io.idagent.conversion.ConversionOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How often a requested conversion came to nothing since the last one that did not, and when the next is due.
 *
 * @param why the last one came to nothing
 */
public record Attempts(int failures, Optional<Instant> nextTry, String why) {

    public static final Attempts NONE = new Attempts(0, Optional.empty(), "");

    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

    /** One more: the pause doubles, up to a day. */
    public Attempts failed(String reason, Instant now) {
        Duration pause = FIRST_PAUSE;
        for (int i = 0; i < failures && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        Duration bounded = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        return new Attempts(failures + 1, Optional.of(now.plus(bounded)), reason);
    }

    /** Until when nothing is tried. A time further away than the longest pause was noted by a clock that was set back. */
    public Optional<Instant> pauseUntil(Instant now) {
        return nextTry.filter(now::isBefore).filter(next -> !next.isAfter(now.plus(LONGEST_PAUSE)));
    }

    /** What a try has come to: one that left something undone is not made again at the next look. */
    Attempts after(Converter.Ending ending, Instant now) {
        if (ending instanceof Converter.Ending.Carried carried) {
            return after(carried.last(), now);
        }
        if (ending instanceof Converter.Ending.Nothing nothing) {
            // A host that is blocked now was not when the daemon looked: the daemon sees less, and would ask again.
            return nothing.look().assessment().blockers().stream()
                    .findFirst()
                    .map(blocker -> failed(blocker.sentence(), now))
                    .orElse(NONE);
        }
        return ending instanceof Converter.Ending.Refused refused ? failed(refused.why(), now) : this;
    }

    private Attempts after(ConversionOutcome outcome, Instant now) {
        boolean complete = outcome.result() == ConversionOutcome.Result.DONE
                && outcome.leftovers() == 0
                && outcome.problems().isEmpty();
        return complete ? NONE : failed(outcome.sentence(), now);
    }
}
