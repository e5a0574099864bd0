package io.idagent.agent;

import io.idagent.migration.Grant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Access to images that was given to other hosts' numbers and not taken back yet.
 *
 * @param count of images
 * @param oldestAt when the first of them was given; empty: none is out
 */
public record GrantsDocument(int count, Optional<Instant> oldestAt) {

    /** A migration does not take as long: somebody has forgotten it. */
    public static final Duration LONG = Duration.ofDays(1);

    public static GrantsDocument of(List<Grant> grants) {
        return new GrantsDocument(grants.size(), grants.stream().map(Grant::at).min(Instant::compareTo));
    }

    public boolean forgotten(Instant now) {
        return oldestAt.filter(at -> at.plus(LONG).isBefore(now)).isPresent();
    }
}
