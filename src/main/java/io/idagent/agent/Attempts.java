package io.idagent.agent;

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
}
