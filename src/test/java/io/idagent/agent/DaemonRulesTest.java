package io.idagent.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.agent.Hold.Kind;
import io.idagent.assessment.State;
import io.idagent.settings.ConvertPolicy;
import io.idagent.settings.DaemonSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DaemonRulesTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration LONG_AGO = Duration.ofHours(1);
    private static final Optional<String> NOT_PAUSED = Optional.empty();

    @Test
    void aHostThatHasBeenQuietForLongEnoughIsConverted() {
        assertEquals(List.of(), holds(auto(), State.CONVERTIBLE, NOT_PAUSED, Attempts.NONE, Duration.ofMinutes(2)));
    }

    @Test
    void aGuestThatHasJustEndedMayBeFollowedByAnother() {
        List<Hold> holds = holds(auto(), State.CONVERTIBLE, NOT_PAUSED, Attempts.NONE, Duration.ofSeconds(90));

        assertEquals(List.of(Kind.QUIET_PERIOD), kinds(holds));
        assertTrue(holds.get(0).sentence().endsWith("30 s to go"), holds.toString());
    }

    @Test
    void whatNeedsNoQuietDoesNotWaitForIt() {
        for (State state : Set.of(State.LEFTOVERS, State.RESTART_NEEDED)) {
            assertEquals(List.of(), holds(auto(), state, NOT_PAUSED, Attempts.NONE, Duration.ZERO), state.name());
        }
    }

    @Test
    void manualOnlyReports() {
        assertEquals(
                List.of(Kind.MANUAL),
                kinds(holds(settings(ConvertPolicy.MANUAL), State.LEFTOVERS, NOT_PAUSED, Attempts.NONE, LONG_AGO)));
    }

    @Test
    void thePauseFileHoldsWithItsReason() {
        Hold hold = holds(auto(), State.CONVERTIBLE, Optional.of("moving racks"), Attempts.NONE, LONG_AGO)
                .get(0);

        assertEquals(Kind.PAUSED, hold.kind());
        assertTrue(hold.sentence().endsWith("paused: moving racks"), hold.sentence());
    }

    @Test
    void anEmptyPauseFileHoldsAsWell() {
        assertEquals(
                List.of(Kind.PAUSED),
                kinds(holds(auto(), State.CONVERTIBLE, Optional.of(""), Attempts.NONE, LONG_AGO)));
    }

    @Test
    void afterAFailureItSaysWhenItTriesAgain() {
        Attempts failed = Attempts.NONE.failed("usermod failed", NOW.minusSeconds(20));

        Hold hold = holds(auto(), State.FAILED, NOT_PAUSED, failed, LONG_AGO).get(0);

        assertEquals(Kind.BACKING_OFF, hold.kind());
        assertTrue(hold.sentence().contains("usermod failed"), hold.sentence());
        assertTrue(hold.sentence().endsWith("2026-03-01T12:00:40Z"), hold.sentence());
    }

    @Test
    void whenThePauseIsOverItTriesAgain() {
        Attempts failed = Attempts.NONE.failed("usermod failed", NOW.minusSeconds(61));

        assertEquals(List.of(), holds(auto(), State.FAILED, NOT_PAUSED, failed, LONG_AGO));
    }

    @Test
    void everyReasonIsNamedAtOnce() {
        Attempts failed = Attempts.NONE.failed("usermod failed", NOW);

        assertEquals(
                Set.of(Kind.values()),
                Set.copyOf(kinds(holds(
                        settings(ConvertPolicy.MANUAL),
                        State.CONVERTIBLE,
                        Optional.of("later"),
                        failed,
                        Duration.ZERO))));
    }

    @Test
    void aConversionThatWasCutOffIsFinishedAtOnceWhateverElseWasSaid() {
        Attempts failed = Attempts.NONE.failed("power", NOW);

        assertEquals(
                List.of(),
                holds(settings(ConvertPolicy.MANUAL), State.INTERRUPTED, Optional.of("paused"), failed, Duration.ZERO));
    }

    @Test
    void aRecoveryThatHasFailedAgainAndAgainIsNotTriedAtEachLook() {
        Attempts failed = Attempts.NONE;
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    List.of(), holds(auto(), State.INTERRUPTED, NOT_PAUSED, failed, Duration.ZERO), i + " failures");
            failed = failed.failed("libvirt does not start", NOW);
        }

        assertEquals(
                List.of(Kind.BACKING_OFF), kinds(holds(auto(), State.INTERRUPTED, NOT_PAUSED, failed, Duration.ZERO)));
    }

    @ParameterizedTest
    @EnumSource
    void onlyStatesInWhichSomethingIsToBeDoneWantWork(State state) {
        Set<State> want =
                EnumSet.of(State.CONVERTIBLE, State.FAILED, State.LEFTOVERS, State.RESTART_NEEDED, State.INTERRUPTED);

        assertEquals(want.contains(state), DaemonRules.wantsWork(state));
    }

    private static DaemonSettings auto() {
        return settings(ConvertPolicy.AUTO);
    }

    private static DaemonSettings settings(ConvertPolicy policy) {
        return new DaemonSettings(policy, Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofHours(6), false);
    }

    private static List<Hold> holds(
            DaemonSettings settings, State state, Optional<String> paused, Attempts attempts, Duration quietFor) {
        return new DaemonRules(settings).holds(state, paused, attempts, quietFor, NOW);
    }

    private static List<Kind> kinds(List<Hold> holds) {
        return holds.stream().map(Hold::kind).toList();
    }
}
