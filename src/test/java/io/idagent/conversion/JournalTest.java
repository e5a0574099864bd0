package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.host.HostStory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The record that survives a power cut at any moment, and is not believed if anything else has happened to it. */
class JournalTest {

    private static final ConversionPlan PLAN = ConversionPlannerTest.plan(HostStory.oldHost());
    private static final JournalEntry.Opened OPENED = new JournalEntry.Opened(NOON, JournalEntry.Opened.FORMAT, PLAN);
    private static final List<JournalEntry> WRITTEN = List.of(
            OPENED,
            new JournalEntry.Started(NOON, Step.INVENTORY),
            new JournalEntry.Done(NOON, Step.INVENTORY),
            new JournalEntry.Undoing(NOON, "a sentence with \"quotes\", spaces, ümlauts and a\nnew line"));

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void aJournalWithSomeLines() throws IOException {
        file = directory.resolve(Journal.FILE);
        try (Journal journal = Journal.create(directory, OPENED)) {
            for (JournalEntry entry : WRITTEN.subList(1, WRITTEN.size())) {
                journal.append(entry);
            }
        }
    }

    @Test
    void whatWasAppendedIsReadAgain() throws IOException {
        assertEquals(WRITTEN, Journal.read(directory).entries());
    }

    @Test
    void theOutcomeIsReadAgainAndTheRoomGivenBack() throws IOException {
        ConversionOutcome outcome = Outcomes.done();
        try (Journal journal = Journal.reopen(directory)) {
            journal.finish(new JournalEntry.Closed(NOON, outcome));
        }
        Journal.Content content = Journal.read(directory);
        assertEquals(new JournalEntry.Closed(NOON, outcome), content.entries().get(WRITTEN.size()));
        assertEquals(content.end(), Files.size(file));
    }

    @Test
    void theRoomForAllLinesIsThereFromTheBeginningHoweverLongThePlanIs() throws IOException {
        List<String> units = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            units.add("unit-with-a-long-name-" + i + ".service");
        }
        ConversionPlan longPlan = new ConversionPlan(
                PLAN.kind(),
                false,
                PLAN.files(),
                new LibvirtUnits(units, List.of(), List.of()),
                PLAN.proveBaseLabel(),
                PLAN.rollsBack(),
                PLAN.reservations());
        Path other = Files.createDirectory(directory.resolve("other"));
        try (Journal journal = Journal.create(other, new JournalEntry.Opened(NOON, 1, longPlan))) {
            Journal.Content content = Journal.read(journal.directory());
            assertEquals(1, content.entries().size());
            assertTrue(Files.size(other.resolve(Journal.FILE)) - content.end() >= 60 * 1024);
        }
    }

    @Test
    void aJournalIsNotMadeTwice() {
        assertThrows(IOException.class, () -> Journal.create(directory, OPENED));
    }

    @Test
    void wherEverACrashCutsTheFileOffTheLinesBeforeCountAndTheNextOneCanBeWritten() throws IOException {
        byte[] whole = Arrays.copyOf(
                Files.readAllBytes(file), (int) Journal.read(directory).end());
        JournalEntry next = new JournalEntry.Started(NOON, Step.PROVE);
        for (int length = 0; length <= whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            byte[] followedByRoom = Arrays.copyOf(cut, length + 500);
            for (byte[] left : List.of(cut, followedByRoom)) {
                Files.write(file, left);
                List<JournalEntry> read = Journal.read(directory).entries();
                assertEquals(WRITTEN.subList(0, read.size()), read, "cut at " + length);
                assertTrue(read.size() >= completeLines(cut), "no line that was on the disk is lost, cut at " + length);
                try (Journal journal = Journal.reopen(directory)) {
                    journal.append(next);
                }
                List<JournalEntry> expected = new ArrayList<>(read);
                expected.add(next);
                assertEquals(expected, Journal.read(directory).entries(), "cut at " + length);
            }
        }
    }

    private static long completeLines(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1)
                .chars()
                .filter(c -> c == '\n')
                .count();
    }

    @Test
    void aDamagedLineThatIntactOnesFollowWasNoCrashAndIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        long endOfLastButOne = completeLinesEnd(whole, WRITTEN.size() - 1);
        for (int i = 0; i < endOfLastButOne - 1; i++) {
            if (whole[i] == '\n') {
                continue;
            }
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            IOException refused = assertThrows(IOException.class, () -> Journal.read(directory), "byte " + i);
            assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
        }
    }

    private static long completeLinesEnd(byte[] bytes, int lines) {
        int seen = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n' && ++seen == lines) {
                return i + 1L;
            }
        }
        throw new AssertionError("fewer lines");
    }

    @Test
    void anIntactLineOfAnotherVersionIsNotTakenForATornOne() throws IOException {
        String json = "{\"event\":\"started\",\"at\":\"2026-03-01T12:00:00Z\",\"step\":\"TELEPORT\"}";
        CRC32 crc = new CRC32();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        String line = json + " " + String.format("%08x", crc.getValue()) + "\n";
        Files.writeString(file, Journal.format(OPENED) + line);
        IOException refused = assertThrows(IOException.class, () -> Journal.read(directory));
        assertTrue(refused.getMessage().contains("version"), refused.getMessage());
    }

    @Test
    void aLineThatCouldNotBeWrittenLeavesNoTraceBehindTheNextOne() throws IOException {
        try (Journal journal = Journal.reopen(directory)) {
            journal.append(new JournalEntry.Undoing(NOON, "x".repeat(3000)));
        }
        byte[] longLine = Files.readAllBytes(file);
        // The same place, written again by a shorter line: what remains of the longer one is no line.
        Files.write(file, Arrays.copyOf(longLine, longLine.length - 1));
        try (Journal journal = Journal.reopen(directory)) {
            journal.append(new JournalEntry.Done(NOON, Step.PROVE));
        }
        assertEquals(WRITTEN.size() + 2, Journal.read(directory).entries().size());
    }
}
