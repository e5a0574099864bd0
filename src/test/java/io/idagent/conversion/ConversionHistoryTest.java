package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.FileScope;
import io.idagent.host.FormerOf;
import io.idagent.platform.ExclusiveLock;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    static ConversionPlan restartThatKnows(long uid, long gid) {
        FileScope scope = RecoveryTest.RESTART.files();
        return new ConversionPlan(
                ConversionKind.RESTART_LIBVIRT,
                false,
                new FileScope(
                        List.of(),
                        scope.roots(),
                        List.of(),
                        Set.of(new Uid(uid)),
                        Set.of(new Gid(gid)),
                        Optional.empty(),
                        scope.sharedStorage(),
                        List.of(),
                        List.of(),
                        List.of()),
                LibvirtUnits.NONE,
                ConversionPlan.LabelHalves.NONE,
                Optional.empty(),
                Reservations.NONE);
    }

    private static ConversionFact fact(Conversions.Record... newestFirst) {
        return new ConversionHistory(List.of(newestFirst), false).fact();
    }

    private static ConversionFact fact(Conversions conversions, ConversionHistory.LockQuestion lock) {
        return Fact.valueOf(ConversionHistory.read(conversions, lock))
                .orElseThrow()
                .fact();
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
    void eachAccountHasItsOwnFormerNumbers() {
        ConversionHistory history = new ConversionHistory(List.of(ended("a", CONVERT, Result.DONE)), false);
        assertEquals(
                new FormerOf("libvirt-qemu", Set.of(new Uid(109)), Set.of(new Gid(114))),
                history.formerOf("libvirt-qemu"));
        assertEquals(new FormerOf("nova", Set.of(), Set.of()), history.formerOf("nova"));
    }

    @Test
    void reOwningGivesUpNoNumber() {
        ConversionHistory history = new ConversionHistory(List.of(ended("a", RE_OWN, Result.DONE)), false);
        assertEquals(Set.of(), history.formerUids());
    }

    /** What libvirt had cached nobody but the journal knows any more. */
    @Test
    void whatLibvirtHadCachedBeforeARestartIsFormer() {
        ConversionHistory history =
                new ConversionHistory(List.of(ended("a", restartThatKnows(117, 121), Result.DONE)), false);
        assertEquals(Set.of(new Uid(117)), history.formerUids());
        assertEquals(Set.of(new Gid(121)), history.formerGids());
        // Of a re-owning the plan has former ids too; whether they still count was decided then, not for ever.
        assertEquals(Set.of(), new ConversionHistory(List.of(ended("a", RE_OWN, Result.DONE)), false).formerGids());
    }

    @Test
    void theyAreCountedByHowTheyEnded() {
        ConversionHistory history = new ConversionHistory(
                List.of(
                        open("d", CONVERT),
                        ended("c", CONVERT, Result.DONE),
                        ended("b", CONVERT, Result.UNDONE),
                        ended("a", CONVERT, Result.UNDONE)),
                false);
        assertEquals(Map.of("done", 1L, "undone", 2L), history.byResult());
        assertEquals("d", history.last().orElseThrow().id());
    }

    @Test
    void aHistoryThatCannotBeReadIsUnknownAndNotEmpty(@TempDir Path directory) throws IOException {
        Conversions conversions = new Conversions(directory);
        Path lock = directory.resolve("lock");
        assertEquals(
                new ConversionFact.Idle(),
                ConversionHistory.read(conversions, lock)
                        .switchOn(known -> known.value().fact(), ConversionFact.NotSeen::new));
        Path folder = Files.createDirectories(directory.resolve("conversions/20260301T120000Z"));
        Files.writeString(folder.resolve(Journal.FILE), Journal.format(new JournalEntry.Started(NOON, Step.PROVE)));
        Files.setPosixFilePermissions(directory.resolve("conversions"), PosixFilePermissions.fromString("rwxrwxrwx"));
        for (Fact<ConversionHistory> history :
                List.of(ConversionHistory.read(conversions, lock), ConversionHistory.readUnderLock(conversions))) {
            assertTrue(history.whyUnknown().orElse("").contains("is not believed"), history.toString());
        }
    }

    @Test
    void whoHoldsTheLockIsConverting(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("lock");
        try (ExclusiveLock held = ConversionLock.take(file).orElseThrow()) {
            assertEquals(
                    new ConversionFact.Running(),
                    Fact.valueOf(ConversionHistory.read(new Conversions(directory), file))
                            .orElseThrow()
                            .fact());
        }
    }

    /** Else a daemon that looks just then would have a conversion finished that has ended. */
    @Test
    void oneThatEndsWhileTheHistoryIsReadIsNotTakenForInterrupted(@TempDir Path directory) throws IOException {
        Conversions conversions = new Conversions(directory);
        try (Journal journal = conversions.begin(CONVERT, NOON)) {
            ConversionHistory.LockQuestion ends = () -> {
                if (conversions.all().get(0).isOpen()) {
                    journal.append(new JournalEntry.Closed(NOON, Outcomes.of(Result.DONE, "because")));
                }
                return false;
            };
            assertEquals(
                    new ConversionFact.Interrupted(conversions.all().get(0).id(), NOON),
                    fact(conversions, () -> false));
            assertEquals(new ConversionFact.Idle(), fact(conversions, ends));
        }
    }

    @Test
    void whatGoesOverHttpHasNoTexts() {
        ConversionOutcome told = Outcomes.withLeftovers().withoutTexts();
        assertEquals(Result.DONE, told.result());
        assertEquals("", told.sentence());
        assertEquals(List.of(), told.problems());
        assertEquals(List.of(), told.notes());
        assertEquals(Optional.empty(), told.journal());
        assertEquals(List.of(), told.outside().orElseThrow().firstPaths());
        assertEquals(2, told.outside().orElseThrow().files());
    }
}
