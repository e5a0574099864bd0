package io.idagent.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.agent.Converter.Ending;
import io.idagent.assessment.Assessment;
import io.idagent.assessment.Assessor;
import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.conversion.Outcomes;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostStory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttemptsTest {

    private static final Instant NOW = HostStory.NOON;

    @Test
    void thePauseDoublesUpToADay() {
        List<Long> minutes = new ArrayList<>();
        Attempts attempts = Attempts.NONE;
        for (int i = 0; i < 14; i++) {
            attempts = attempts.failed("why", NOW);
            minutes.add(Duration.between(NOW, attempts.nextTry().orElseThrow()).toMinutes());
        }

        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 1024L, 1440L, 1440L, 1440L), minutes);
    }

    @Test
    void manyFailuresDoNotOverflow() {
        Attempts many = new Attempts(Integer.MAX_VALUE - 1, Optional.empty(), "").failed("why", NOW);

        assertEquals(Optional.of(NOW.plus(Duration.ofDays(1))), many.nextTry());
    }

    @Test
    void aClockThatWasSetBackDoesNotHoldForMonths() {
        Attempts failed = Attempts.NONE.failed("why", NOW);

        assertEquals(Optional.of(NOW.plusSeconds(60)), failed.pauseUntil(NOW));
        assertEquals(Optional.empty(), failed.pauseUntil(NOW.minus(Duration.ofDays(30))));
        assertEquals(Optional.empty(), failed.pauseUntil(NOW.plusSeconds(60)));
    }

    @Test
    void aCompleteConversionEndsThePause() {
        assertEquals(Attempts.NONE, Attempts.NONE.failed("why", NOW).after(carried(Result.DONE), NOW));
    }

    @Test
    void filesThatCannotBeChangedAreNotTriedAgainAtEachLook() {
        Attempts after = Attempts.NONE.after(new Ending.Carried(List.of(Outcomes.withLeftovers())), NOW);

        assertEquals(1, after.failures());
        assertEquals(Outcomes.withLeftovers().sentence(), after.why());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DONE")
    void whateverElseComesOfItIsWaitedWith(Result result) {
        assertEquals(
                3,
                new Attempts(2, Optional.empty(), "")
                        .after(carried(result), NOW)
                        .failures());
    }

    @Test
    void aHostThatRootFindsBlockedIsWaitedWith() {
        Attempts after = Attempts.NONE.after(nothing(HostStory.oldHost().guest("vm1", 7, HostStory.OLD)), NOW);

        assertEquals(1, after.failures());
        assertEquals("guest vm1 is running (pid 7)", after.why());
    }

    @Test
    void nothingToDoIsNoFailure() {
        assertEquals(Attempts.NONE, Attempts.NONE.failed("why", NOW).after(nothing(HostStory.newHost()), NOW));
    }

    @Test
    void aJournalThatIsNotBelievedIsWaitedWith() {
        assertEquals(
                "not root's",
                Attempts.NONE.after(new Ending.Refused("not root's"), NOW).why());
    }

    @Test
    void whereAnotherConversionRunsThisOneWasNoAttempt() {
        Attempts before = Attempts.NONE.failed("why", NOW);

        assertEquals(before, before.after(new Ending.AnotherIsRunning(), NOW.plusSeconds(9)));
    }

    private static Ending carried(Result result) {
        return new Ending.Carried(List.of(result == Result.DONE ? Outcomes.done() : Outcomes.of(result, "it failed")));
    }

    private static Ending nothing(HostStory host) {
        Assessment assessment = new Assessor(false).assess(host.snapshot(), new ConversionFact.Idle());
        return new Ending.Nothing(
                new Session.Look(assessment, Fact.unknown("not read"), List.of(), Optional.empty()), List.of());
    }
}
