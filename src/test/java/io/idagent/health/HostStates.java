package io.idagent.health;

import io.idagent.agent.Hold;
import io.idagent.agent.Published;
import io.idagent.agent.StatusDocument;
import io.idagent.assessment.Assessment;
import io.idagent.assessment.Assessor;
import io.idagent.assessment.State;
import io.idagent.conversion.Outcomes;
import io.idagent.host.ConversionFact;
import io.idagent.host.HostStory;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A host in each state, with a guest, paths and a past that are called SECRET. */
final class HostStates {

    static final String SECRET = "hush";

    private HostStates() {}

    static Published in(State state) {
        Assessment assessment = assessment(state);
        if (assessment.state() != state) {
            throw new AssertionError(assessment.toString());
        }
        return new Published(
                StatusDocument.of(
                        assessment,
                        Optional.of(new StatusDocument.LastConversion(
                                "20260301T120000Z", "convert", HostStory.NOON, Optional.of(Outcomes.withLeftovers()))),
                        Optional.of("journal of " + SECRET + " unreadable"),
                        List.of(new Hold(Hold.Kind.PAUSED, "paused because of " + SECRET))),
                assessment.readiness(),
                Map.of("done", 2L),
                HostStory.NOON);
    }

    private static Assessment assessment(State state) {
        HostStory old = HostStory.oldHost();
        HostStory normal = HostStory.newHost();
        ConversionFact idle = new ConversionFact.Idle();
        return switch (state) {
            case NOT_APPLICABLE -> assess(normal.noUser().noGroup(), idle);
            case NORMALIZED -> assess(normal.guest(SECRET, 7, HostStory.TARGET), idle);
            case LEFTOVERS -> assess(normal.former(HostStory.OLD).files(HostStory.scan(3, 2)), idle);
            case RESTART_NEEDED -> assess(normal.label(HostStory.OLD), idle);
            case CONVERTIBLE -> assess(old, idle);
            case BLOCKED -> assess(old.guest(SECRET, 7, HostStory.OLD).imageUser(8, SECRET, Optional.of(SECRET)), idle);
            case CONVERTING -> assess(old, new ConversionFact.Running());
            case INTERRUPTED -> assess(old, new ConversionFact.Interrupted("20260301T120000Z", HostStory.NOON));
            case FAILED -> assess(old, new ConversionFact.Failed("20260301T120000Z", HostStory.NOON, SECRET));
        };
    }

    private static Assessment assess(HostStory host, ConversionFact conversion) {
        return new Assessor(false).assess(host.snapshot(), conversion);
    }
}
