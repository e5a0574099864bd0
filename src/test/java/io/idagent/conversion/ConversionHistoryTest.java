package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.host.ConversionFact;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What past conversions mean for today. */
class ConversionHistoryTest {

    private static final ConversionPlan CONVERT = RecoveryTest.CONVERT;
    private static final ConversionPlan ROLL_BACK = RecoveryTest.ROLL_BACK;
    private static final ConversionPlan RE_OWN = RecoveryTest.RE_OWN;

    private static Conversions.Record ended(String id, ConversionPlan plan, Result result) {
        return new Conversions.Record(
                id,
                Path.of("/j"),
                List.of(
                        new JournalEntry.Opened(NOON, 1, plan),
                        new JournalEntry.Closed(NOON, Outcomes.of(result, "because"))));
    }

    private static Conversions.Record open(String id, ConversionPlan plan) {
        return new Conversions.Record(id, Path.of("/j"), List.of(new JournalEntry.Opened(NOON, 1, plan)));
    }

    private static ConversionFact fact(Conversions.Record... newestFirst) {
        return new ConversionHistory(List.of(newestFirst), false).fact();
    }

    private static Optional<String> canBeRolledBack(Conversions.Record... newestFirst) {
        return new ConversionHistory(List.of(newestFirst), false)
                .canBeRolledBack()
                .map(Conversions.Record::id);
    }

    @Test
    void theLastConversionDecidesWhatIsSaidOfTheHost() {
        assertEquals(new ConversionFact.Idle(), fact());
        assertEquals(new ConversionFact.Idle(), fact(ended("a", CONVERT, Result.DONE)));
        assertEquals(new ConversionFact.Idle(), fact(ended("a", CONVERT, Result.BLOCKED)));
        assertEquals(new ConversionFact.Failed("a", NOON, "because"), fact(ended("a", CONVERT, Result.UNDONE)));
        assertEquals(new ConversionFact.RolledBack("a", NOON), fact(ended("a", ROLL_BACK, Result.DONE)));
        assertEquals(
                new ConversionFact.Idle(), fact(ended("b", CONVERT, Result.DONE), ended("a", CONVERT, Result.UNDONE)));
    }

    @Test
    void anOpenConversionComesBeforeAllThatEndedSince() {
        assertEquals(
                new ConversionFact.Interrupted("a", NOON), fact(ended("b", CONVERT, Result.DONE), open("a", CONVERT)));
    }

    @Test
    void anOpenJournalWithALivingConverterIsAConversionThatRuns() {
        assertEquals(new ConversionFact.Running(), new ConversionHistory(List.of(open("a", CONVERT)), true).fact());
    }

    @Test
    void theLastConversionThatMovedIdsCanBeTakenBackOnce() {
        Conversions.Record convert = ended("a", CONVERT, Result.DONE);
        assertEquals(Optional.empty(), canBeRolledBack());
        assertEquals(Optional.of("a"), canBeRolledBack(convert));
        assertEquals(Optional.of("a"), canBeRolledBack(ended("b", RE_OWN, Result.DONE), convert));
        assertEquals(Optional.of("a"), canBeRolledBack(ended("b", RecoveryTest.RESTART, Result.DONE), convert));
        assertEquals(Optional.of("a"), canBeRolledBack(ended("b", ROLL_BACK, Result.UNDONE), convert));
        assertEquals(Optional.empty(), canBeRolledBack(ended("b", ROLL_BACK, Result.DONE), convert));
        assertEquals(
                Optional.of("c"),
                canBeRolledBack(ended("c", CONVERT, Result.DONE), ended("b", ROLL_BACK, Result.DONE), convert));
        assertEquals(Optional.empty(), canBeRolledBack(ended("b", CONVERT, Result.UNDONE)));
        assertEquals(Optional.empty(), canBeRolledBack(open("b", CONVERT)));
    }

    @Test
    void theNumbersGivenUpAreFormerOnesEvenIfTheConversionIsStillOpen() {
        ConversionHistory history = new ConversionHistory(List.of(open("a", CONVERT)), false);
        assertEquals(Set.of(new Uid(109)), history.formerUids());
        assertEquals(Set.of(new Gid(114)), history.formerGids());
    }

    @Test
    void reOwningGivesUpNoNumber() {
        ConversionHistory history = new ConversionHistory(List.of(ended("a", RE_OWN, Result.DONE)), false);
        assertEquals(Set.of(), history.formerUids());
    }
}
