package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.host.Fact;
import io.idagent.ownership.PathError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals do not become more for ever, and none goes that anybody may still ask. */
class RetentionTest {

    private static final ConversionPlan CONVERT = RecoveryTest.CONVERT;
    private static final ConversionPlan RE_OWN = RecoveryTest.RE_OWN;
    /** From the new numbers. */
    private static final ConversionPlan TAKEN_BACK = new ConversionPlan(
            ConversionKind.ROLL_BACK,
            false,
            RE_OWN.files(),
            RE_OWN.libvirt(),
            RE_OWN.proveBaseLabel(),
            Optional.of("20260301T110000Z"),
            Reservations.NONE);

    private static final int MANY = 3 * Retention.KEPT;

    @TempDir
    private Path state;

    private final List<Conversions.Record> newestFirst = new ArrayList<>();

    /** Behind all others. */
    private Conversions.Record past(ConversionPlan plan, ConversionOutcome outcome) {
        return past(new JournalEntry.Opened(NOON, 1, plan), new JournalEntry.Closed(NOON, outcome));
    }

    private Conversions.Record past(JournalEntry... entries) {
        String id = "%08dT120000Z".formatted(99999999 - newestFirst.size());
        newestFirst.add(new Conversions.Record(id, Path.of("/j"), List.of(entries)));
        return newestFirst.get(newestFirst.size() - 1);
    }

    private void manyThatKnowNothing() {
        for (int i = 0; i < MANY; i++) {
            past(RE_OWN, Outcomes.of(Result.BLOCKED, "a guest has started"));
        }
    }

    private boolean mayGo(Conversions.Record record) {
        return Retention.dispensable(newestFirst).contains(record);
    }

    @Test
    void theLastHundredStay() {
        manyThatKnowNothing();
        assertEquals(newestFirst.subList(Retention.KEPT, MANY), Retention.dispensable(newestFirst));
    }

    @Test
    void whatARollbackNeedsStays() {
        manyThatKnowNothing();
        Conversions.Record conversion = past(CONVERT, Outcomes.done());
        manyThatKnowNothing();

        assertFalse(mayGo(conversion));
        assertEquals(newestFirst.subList(MANY + 1, newestFirst.size()), Retention.dispensable(newestFirst));
    }

    @Test
    void onceTakenBackItMayGoUnlessItAloneKnowsAFormerNumber() {
        past(TAKEN_BACK, Outcomes.done());
        manyThatKnowNothing();
        Conversions.Record last = past(CONVERT, Outcomes.done());
        Conversions.Record earlier = past(CONVERT, Outcomes.done());

        assertFalse(mayGo(last), "nobody else knows 109");
        assertTrue(mayGo(earlier), "the later one knows 109 too");
    }

    @Test
    void aRestartThatAloneKnowsWhatLibvirtHadCachedStays() {
        manyThatKnowNothing();
        Conversions.Record restart = past(ConversionHistoryTest.restartThatKnows(117, 121), Outcomes.done());
        assertFalse(mayGo(restart));
    }

    @Test
    void whatIsNotFinishedOrHasLeftFilesBehindStays() {
        manyThatKnowNothing();
        Conversions.Record open = past(new JournalEntry.Opened(NOON, 1, RE_OWN));
        Conversions.Record leftovers = past(RE_OWN, Outcomes.withLeftovers());
        assertFalse(mayGo(open));
        assertFalse(mayGo(leftovers));
    }

    @Test
    void theFoldersGoAndTheirNumberIsNotForgotten() throws IOException {
        Conversions conversions = new Conversions(state);
        for (int i = 0; i < Retention.KEPT + 5; i++) {
            begun(conversions, i);
        }
        for (int turn = 0; turn < 2; turn++) {
            conversions.thinOut();

            ConversionHistory history =
                    Fact.valueOf(ConversionHistory.readUnderLock(conversions)).orElseThrow();
            assertEquals(Retention.KEPT, history.conversions().size());
            assertEquals(Map.of("blocked", Retention.KEPT + 5L), history.byResult());
        }
        try (var folders = Files.list(state.resolve("conversions"))) {
            assertEquals(Retention.KEPT + 1, folders.count(), "the hundred, and the file that counts");
        }
    }

    /** Below --root a disk may bring a link of that name along. */
    @Test
    void aLinkWhereTheCountIsWrittenIsNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(state.resolve("elsewhere"), "precious");
        Conversions conversions = new Conversions(state);
        for (int i = 0; i < Retention.KEPT + 1; i++) {
            begun(conversions, i);
        }
        Files.createSymbolicLink(state.resolve("conversions/gone.unfinished"), elsewhere);

        conversions.thinOut();

        assertEquals("precious", Files.readString(elsewhere));
        assertEquals(Map.of("blocked", 1L), conversions.gone());
    }

    @Test
    void aCountThatCannotBeReadIsNone() throws IOException {
        Conversions conversions = new Conversions(state);
        begun(conversions, 0);
        Files.writeString(
                state.resolve("conversions/gone"), "\u0000\nblocked x\nblocked 99999999999999999999\ndone 2\n");
        assertEquals(Map.of("done", 2L), conversions.gone());
    }

    private static void begun(Conversions conversions, int second) throws IOException {
        Instant at = NOON.plusSeconds(second);
        try (Journal journal = conversions.begin(RE_OWN, at)) {
            Files.writeString(journal.directory().resolve("manifest-1"), "end 0\n");
            new Manifest(journal.directory())
                    .noteUnread(List.of(new PathError("/srv", "EIO", "cannot read the directory /srv")));
            journal.finish(new JournalEntry.Closed(at, Outcomes.of(Result.BLOCKED, "a guest has started")));
        }
    }
}
