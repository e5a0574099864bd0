package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.platform.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The folders of conversions: their order, and that only those which root alone can have written are believed. */
class ConversionsTest {

    @TempDir
    private Path temporary;

    private Path state;
    private Conversions conversions;

    @BeforeEach
    void aStateDirectoryThatIsNotThereYet() {
        state = temporary.resolve("state");
        conversions = new Conversions(state);
    }

    private Path begin(Instant at) throws IOException {
        try (Journal journal = conversions.begin(RecoveryTest.CONVERT, at)) {
            return journal.directory();
        }
    }

    private List<String> ids() throws IOException {
        return conversions.all().stream().map(Conversions.Record::id).toList();
    }

    @Test
    void aHostThatWasNeverConvertedHasNone() throws IOException {
        assertEquals(List.of(), conversions.all());
        assertEquals(Optional.empty(), conversions.interrupted());
    }

    @Test
    void thePlanIsOnTheDiskBeforeAnythingIsDone() throws IOException {
        begin(NOON);
        Conversions.Record record = conversions.interrupted().orElseThrow();
        assertEquals(RecoveryTest.CONVERT, record.plan());
        assertEquals(NOON, record.openedAt());
        assertTrue(record.isOpen());
    }

    @Test
    void theNewestComesFirstAndTwoOfOneSecondAreTwo() throws IOException {
        for (int i = 0; i < 12; i++) {
            begin(NOON);
        }
        begin(NOON.plusSeconds(60));
        assertEquals(13, ids().size());
        assertEquals(List.of("20260301T120100Z", "20260301T120011Z", "20260301T120010Z"), ids().subList(0, 3));
    }

    @Test
    void aClockThatWasSetBackDoesNotMakeTheNewestTheOldest() throws IOException {
        begin(NOON);
        begin(NOON.minusSeconds(3600));
        assertEquals(NOON.minusSeconds(3600), conversions.all().get(0).openedAt());
        assertEquals(List.of("20260301T120001Z", "20260301T120000Z"), ids());
    }

    @Test
    void aConversionThatAnnouncedNothingIsNone() throws IOException {
        Path folder = begin(NOON);
        Files.write(folder.resolve(Journal.FILE), new byte[4096]);
        Files.createDirectory(state.resolve("conversions/20260301T130000Z"));
        assertEquals(List.of(), ids());
    }

    @Test
    void otherFoldersAreNoConversions() throws IOException {
        begin(NOON);
        Files.createDirectories(state.resolve("conversions/lost+found"));
        assertEquals(1, ids().size());
    }

    @Test
    void nobodyElseMayLookIntoTheState() throws IOException {
        Path folder = begin(NOON);
        for (Path directory : List.of(state, state.resolve("conversions"), folder)) {
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)),
                    "" + directory);
        }
    }

    /** Whatever umask its first caller had: a journal that the group could write would not be believed afterwards. */
    @Test
    void aJournalIsForRootAlone() throws IOException {
        Path journal = begin(NOON).resolve(Journal.FILE);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(journal)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "conversions", "conversions/20260301T120000Z", "conversions/20260301T120000Z/journal"})
    void whatOthersCouldHaveWrittenIsNotBelieved(String part) throws IOException {
        begin(NOON);
        Path open = state.resolve(part);
        String mode = Files.isDirectory(open) ? "rwxrwx---" : "rw-rw----";
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(mode));
        IOException refused = assertThrows(IOException.class, () -> conversions.all());
        assertTrue(refused.getMessage().contains(open + " is not believed"), refused.getMessage());
        assertTrue(refused.getMessage().contains("chmod go-w"), refused.getMessage());
    }

    @Test
    void nothingIsBegunWhereOthersCanWrite() throws IOException {
        begin(NOON);
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThrows(IOException.class, () -> begin(NOON));
    }

    @Test
    void aJournalBehindASymbolicLinkIsNotBelieved() throws IOException {
        Path journal = begin(NOON).resolve(Journal.FILE);
        Path elsewhere = temporary.resolve("elsewhere");
        Files.move(journal, elsewhere);
        Files.createSymbolicLink(journal, elsewhere);
        IOException refused = assertThrows(IOException.class, () -> conversions.all());
        assertTrue(refused.getMessage().contains("is a symbolic link"), refused.getMessage());
    }

    @Test
    @Tag("root")
    void whatBelongsToSomebodyElseIsNotBelieved() throws IOException {
        Path journal = begin(NOON).resolve(Journal.FILE);
        Files.setAttribute(journal, "unix:uid", 12345);
        IOException refused = assertThrows(IOException.class, () -> conversions.all());
        assertTrue(refused.getMessage().contains("belongs to uid 12345"), refused.getMessage());
    }

    /** The disk of a hypervisor that crashed, mounted on another one: libvirt there is not to be touched. */
    @Test
    void aJournalBelowAnotherRootDrivesNoServicesWhateverItSays() throws IOException {
        try (Journal journal = conversions.begin(RecoveryTest.CONVERT, NOON)) {
            for (Step step : List.of(Step.INVENTORY, Step.CLOSE_LIBVIRT, Step.LOOK_AGAIN)) {
                journal.append(new JournalEntry.Started(NOON, step));
            }
        }
        Conversions.Record undo = Conversions.offline(state).interrupted().orElseThrow();
        assertEquals(List.of(Step.INVENTORY), Recovery.of(undo).steps());
        assertEquals(LibvirtUnits.NONE, undo.plan().libvirt());
        assertEquals(ConversionPlan.LabelHalves.NONE, undo.plan().proveBaseLabel());

        try (Journal journal = conversions.reopen(undo)) {
            journal.append(new JournalEntry.Started(NOON, Step.CHANGE_IDS));
        }
        Conversions.Record finish = Conversions.offline(state).interrupted().orElseThrow();
        assertEquals(
                List.of(Step.CHANGE_IDS, Step.CHANGE_OWNERS, Step.PROVE),
                Recovery.of(finish).steps());
    }

    /** A golden image whose conversion was cut off, and which runs now. */
    @Test
    void aJournalOfASystemThatDidNotRunLooksForGuestsOnceItRuns() throws IOException {
        try (Journal journal = conversions.begin(RecoveryTest.OFFLINE, NOON)) {
            journal.append(new JournalEntry.Started(NOON, Step.CHANGE_IDS));
        }
        Conversions.Record record = conversions.interrupted().orElseThrow();
        assertTrue(ConversionRunner.guestsForbid(record));
        assertTrue(Recovery.of(record).steps().contains(Step.LOOK_AGAIN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../tmp/evil", "/tmp/evil", "..", "--root=/tmp", "", "a b", "a\nb"})
    void aJournalThatNamesNoUnitIsRefused(String unit) throws IOException {
        Path journal = begin(NOON).resolve(Journal.FILE);
        String json = Journal.format(new JournalEntry.Opened(NOON, 1, RecoveryTest.CONVERT))
                .replaceFirst(" [0-9a-f]{8}\n$", "");
        String forged = json.replace("\"libvirtd.service\"", Json.mapper().writeValueAsString(unit));
        CRC32 sum = new CRC32();
        sum.update(forged.getBytes(StandardCharsets.UTF_8));
        Files.writeString(journal, forged + String.format(" %08x\n", sum.getValue()));
        assertFalse(forged.equals(json));
        assertThrows(IOException.class, () -> conversions.all());
    }

    @Test
    void aJournalOfAnotherFormatIsLeftToTheVersionThatWroteIt() throws IOException {
        Path folder = begin(NOON);
        Files.writeString(
                folder.resolve(Journal.FILE), Journal.format(new JournalEntry.Opened(NOON, 2, RecoveryTest.CONVERT)));
        IOException refused = assertThrows(IOException.class, () -> conversions.all());
        assertTrue(refused.getMessage().contains("format 2"), refused.getMessage());
    }

    @Test
    void aJournalThatDoesNotBeginWithThePlanIsNone() throws IOException {
        Path folder = begin(NOON);
        Files.writeString(folder.resolve(Journal.FILE), Journal.format(new JournalEntry.Started(NOON, Step.INVENTORY)));
        assertThrows(IOException.class, () -> conversions.all());
    }

    @Test
    void theManifestsSinceAConversionComeOldestFirst() throws IOException {
        begin(NOON.minusSeconds(60));
        begin(NOON);
        begin(NOON.plusSeconds(60));
        assertEquals(2, conversions.manifestsSince("20260301T120000Z").size());
    }

    @Test
    void theManifestOfARollbackTellsNothingOfWhatFilesHad() throws IOException {
        closed(RecoveryTest.CONVERT, NOON, Outcomes.done());
        closed(RecoveryTest.ROLL_BACK, NOON.plusSeconds(60), Outcomes.of(Result.UNDONE, "it broke"));
        assertEquals(1, conversions.manifestsSince("20260301T120000Z").size());
    }

    private void closed(ConversionPlan plan, Instant at, ConversionOutcome outcome) throws IOException {
        try (Journal journal = conversions.begin(plan, at)) {
            journal.append(new JournalEntry.Closed(at, outcome));
        }
    }

    @Test
    void whatARollbackLeftCountsUntilTheNextConversion() throws IOException {
        assertEquals(Optional.empty(), conversions.notWhollyTakenBack());
        closed(RecoveryTest.CONVERT, NOON, Outcomes.done());
        closed(RecoveryTest.ROLL_BACK, NOON.plusSeconds(1), Outcomes.withLeftovers());
        assertEquals(RecoveryTest.ROLL_BACK.rollsBack(), conversions.notWhollyTakenBack());

        closed(RecoveryTest.CONVERT, NOON.plusSeconds(2), Outcomes.of(Result.UNDONE, "it broke"));
        closed(RecoveryTest.RE_OWN, NOON.plusSeconds(3), Outcomes.done());
        assertEquals(RecoveryTest.ROLL_BACK.rollsBack(), conversions.notWhollyTakenBack());

        closed(RecoveryTest.CONVERT, NOON.plusSeconds(4), Outcomes.done());
        assertEquals(Optional.empty(), conversions.notWhollyTakenBack());
    }

    @Test
    void aRollbackThatLeftNothingLeavesNothingToCount() throws IOException {
        closed(RecoveryTest.CONVERT, NOON, Outcomes.done());
        closed(RecoveryTest.ROLL_BACK, NOON.plusSeconds(1), Outcomes.done());
        assertEquals(Optional.empty(), conversions.notWhollyTakenBack());
    }

    @Test
    void aRollbackThatFailedBehindOneThatLeftSomethingChangesNothing() throws IOException {
        closed(RecoveryTest.ROLL_BACK, NOON, Outcomes.withLeftovers());
        closed(RecoveryTest.ROLL_BACK, NOON.plusSeconds(1), Outcomes.of(Result.UNDONE, "it broke"));
        assertEquals(RecoveryTest.ROLL_BACK.rollsBack(), conversions.notWhollyTakenBack());
    }
}
