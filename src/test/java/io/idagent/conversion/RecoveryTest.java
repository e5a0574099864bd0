package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.newHost;
import static io.idagent.host.HostStory.oldHost;
import static io.idagent.host.HostStory.scan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.Recovery.Direction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Wherever a journal ends, it tells the way, and which steps are on it. */
class RecoveryTest {

    static final ConversionPlan CONVERT = ConversionPlannerTest.plan(oldHost());
    static final ConversionPlan OFFLINE = ConversionPlannerTest.plan(oldHost().offline());
    static final ConversionPlan RE_OWN = ConversionPlannerTest.plan(newHost().files(scan(1, 0)));
    static final ConversionPlan RESTART = ConversionPlannerTest.plan(newHost().label(OLD));
    static final ConversionPlan ROLL_BACK = new ConversionPlan(
            ConversionKind.ROLL_BACK,
            false,
            CONVERT.files(),
            CONVERT.libvirt(),
            CONVERT.proveBaseLabel(),
            Optional.of("20260301T110000Z"),
            Reservations.NONE);

    /** All that a run of this plan writes before its end. */
    static List<JournalEntry> journal(ConversionPlan plan) {
        List<JournalEntry> entries = new ArrayList<>();
        entries.add(new JournalEntry.Opened(NOON, 1, plan));
        for (Step step : plan.steps()) {
            entries.add(new JournalEntry.Started(NOON, step));
            entries.add(new JournalEntry.Done(NOON, step));
        }
        return entries;
    }

    static Conversions.Record record(List<JournalEntry> entries) {
        return new Conversions.Record("20260301T120000Z", Path.of("/nowhere"), entries);
    }

    private static List<Step> started(List<JournalEntry> entries) {
        return entries.stream()
                .filter(JournalEntry.Started.class::isInstance)
                .map(entry -> ((JournalEntry.Started) entry).step())
                .toList();
    }

    @Test
    void beforeIdsMayHaveChangedTheWayIsBackAndFromThenOnForward() {
        for (ConversionPlan plan : List.of(CONVERT, ROLL_BACK, OFFLINE)) {
            List<JournalEntry> all = journal(plan);
            for (int length = 1; length <= all.size(); length++) {
                List<JournalEntry> prefix = all.subList(0, length);
                Recovery recovery = Recovery.of(record(prefix));
                boolean idsMayHaveChanged = started(prefix).contains(Step.CHANGE_IDS);
                assertEquals(idsMayHaveChanged ? Direction.FORWARD : Direction.BACK, recovery.direction(), "" + prefix);
                if (!idsMayHaveChanged) {
                    assertEquals(started(prefix), recovery.steps(), "what was begun is taken back");
                }
            }
        }
    }

    @Test
    void forwardRepeatsAllButTheListOfFilesAsNobodyKnowsHowFarTheyHadCome() {
        List<JournalEntry> all = journal(CONVERT);
        for (int length = 1; length <= all.size(); length++) {
            List<JournalEntry> prefix = all.subList(0, length);
            Recovery recovery = Recovery.of(record(prefix));
            if (recovery.direction() == Direction.FORWARD) {
                List<Step> expected = started(prefix).contains(Step.OPEN_LIBVIRT)
                        ? List.of(Step.OPEN_LIBVIRT, Step.PROVE)
                        : List.of(Step.values()).subList(1, Step.values().length);
                assertEquals(expected, recovery.steps(), "" + prefix);
            }
        }
    }

    @Test
    void onceTheWayWasBackItStaysBack() {
        List<JournalEntry> all = journal(CONVERT);
        for (int length = 1; length <= all.size(); length++) {
            List<JournalEntry> undone = new ArrayList<>(all.subList(0, length));
            undone.add(new JournalEntry.Undoing(NOON, "usermod failed"));
            Recovery recovery = Recovery.of(record(undone));
            assertEquals(Direction.BACK, recovery.direction());
            assertEquals(started(undone), recovery.steps());
            assertEquals("usermod failed", recovery.why());
        }
    }

    @Test
    void aStepThatWasBegunTwiceIsTakenBackOnce() {
        List<JournalEntry> entries = new ArrayList<>(journal(CONVERT).subList(0, 4));
        entries.add(new JournalEntry.Started(NOON, Step.CLOSE_LIBVIRT));
        assertEquals(
                List.of(Step.INVENTORY, Step.CLOSE_LIBVIRT),
                Recovery.of(record(entries)).steps());
    }

    @Test
    void reOwningIsGoneOnWithFromItsList() {
        List<JournalEntry> all = journal(RE_OWN);
        assertEquals(RE_OWN.steps(), Recovery.of(record(all.subList(0, 2))).steps(), "the list was not complete");
        for (int length = 4; length <= all.size(); length++) {
            assertEquals(
                    List.of(Step.CHANGE_OWNERS, Step.PROVE),
                    Recovery.of(record(all.subList(0, length))).steps());
        }
    }

    @Test
    void aRestartOfLibvirtIsGoneOnWith() {
        List<JournalEntry> all = journal(RESTART);
        for (int length = 1; length <= all.size(); length++) {
            Recovery recovery = Recovery.of(record(all.subList(0, length)));
            assertEquals(Direction.FORWARD, recovery.direction());
            assertTrue(recovery.steps().contains(Step.OPEN_LIBVIRT), "whatever happens, libvirt is started again");
        }
    }

    @Test
    void guestsForbidToFinishButNotToLetLibvirtStartAgain() {
        List<JournalEntry> all = journal(CONVERT);
        int idsBegin = 1 + 2 * CONVERT.steps().indexOf(Step.CHANGE_IDS);
        assertFalse(record(all.subList(0, idsBegin)).recoveryNeedsNoGuest(), "libvirt is closed, nothing else is done");
        assertTrue(record(all.subList(0, idsBegin + 1)).recoveryNeedsNoGuest());
        assertFalse(record(journal(RESTART).subList(0, 2)).recoveryNeedsNoGuest());
        assertTrue(record(journal(RE_OWN).subList(0, 4)).recoveryNeedsNoGuest());
        assertFalse(record(journal(OFFLINE)).recoveryNeedsNoGuest());
    }

    @Test
    void guestsForbidToTakeIdsBack() {
        List<JournalEntry> entries = new ArrayList<>(journal(CONVERT).subList(0, 8));
        entries.add(new JournalEntry.Undoing(NOON, "groupmod failed"));
        assertTrue(record(entries).recoveryNeedsNoGuest());
    }

    /** What has changed nothing yet is taken back beside them; and a system that does not run has none. */
    @Test
    void guestsForbidToFinishWhatNeedsNoneAndHasBegunToChange() {
        for (ConversionPlan plan : List.of(CONVERT, OFFLINE)) {
            List<JournalEntry> all = journal(plan);
            for (int length = 1; length <= all.size(); length++) {
                Conversions.Record record = record(all.subList(0, length));
                boolean idsMayHaveChanged = all.subList(0, length).stream()
                        .anyMatch(entry ->
                                entry instanceof JournalEntry.Started started && started.step() == Step.CHANGE_IDS);
                assertEquals(
                        plan == CONVERT && idsMayHaveChanged,
                        ConversionRunner.guestsForbid(record),
                        () -> plan.kind() + " " + record.last());
            }
        }
    }
}
