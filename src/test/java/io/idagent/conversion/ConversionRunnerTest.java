package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What is done, undone, and left when a step goes wrong; on a real journal, with steps that only tell what was asked. */
class ConversionRunnerTest {

    /** What a step does when it is its turn. */
    private interface Event {
        void happen(Undertaking work) throws StepException, IOException;
    }

    private static final Event FAILS = work -> {
        throw new StepException("it broke");
    };

    @TempDir
    private Path temporary;

    private Conversions conversions;
    private ConversionRunner runner;
    private final List<String> told = new ArrayList<>();
    private final Map<Step, Event> onRun = new EnumMap<>(Step.class);
    private final Map<Step, Event> onUndo = new EnumMap<>(Step.class);

    @BeforeEach
    void stepsThatTell() {
        conversions = new Conversions(temporary.resolve("state"));
        Map<Step, StepAction> actions = new EnumMap<>(Step.class);
        for (Step step : Step.values()) {
            actions.put(step, new StepAction() {
                @Override
                public String run(Undertaking work) throws StepException, IOException {
                    told.add(step.name());
                    onRun.getOrDefault(step, nothing -> {}).happen(work);
                    return "";
                }

                @Override
                public void undo(Undertaking work) throws StepException, IOException {
                    told.add("undo " + step);
                    onUndo.getOrDefault(step, nothing -> {}).happen(work);
                }
            });
        }
        runner = new ConversionRunner(conversions, actions, Clock.fixed(NOON, ZoneOffset.UTC));
    }

    private ConversionOutcome run(ConversionPlan plan) throws IOException {
        return runner.run(plan, ConversionListener.NONE);
    }

    private ConversionOutcome convert() throws IOException {
        return run(RecoveryTest.CONVERT);
    }

    private ConversionOutcome recover() throws IOException {
        told.clear();
        return runner.recover(conversions.interrupted().orElseThrow(), ConversionListener.NONE);
    }

    private Conversions.Record journal() throws IOException {
        return conversions.all().get(0);
    }

    private static List<String> upTo(Step last) {
        return List.of(Step.values()).subList(0, last.ordinal() + 1).stream()
                .map(Step::name)
                .toList();
    }

    private static List<String> andBack(Step last) {
        List<String> all = new ArrayList<>(upTo(last));
        for (int i = last.ordinal(); i >= 0; i--) {
            all.add("undo " + Step.values()[i]);
        }
        return all;
    }

    @Test
    void aConversionTakesItsStepsInOrderAndClosesItsJournal() throws IOException {
        ConversionOutcome outcome = convert();
        assertEquals(Result.DONE, outcome.result());
        assertEquals("libvirt-qemu has 64055:64055", outcome.sentence());
        assertEquals(upTo(Step.PROVE), told);
        assertEquals(outcome, journal().outcome().orElseThrow());
    }

    /** qemu may be made to run as somebody else in a way that this program does not see: there is nothing to go on with. */
    @Test
    void aRestartThatDoesNotHelpIsOver() throws IOException {
        onRun.put(Step.PROVE, FAILS);

        ConversionOutcome outcome = run(RecoveryTest.RESTART);

        assertEquals(Result.UNDONE, outcome.result());
        assertEquals("it broke", outcome.sentence());
        assertEquals(List.of("CLOSE_LIBVIRT", "OPEN_LIBVIRT", "PROVE"), told);
        assertTrue(conversions.interrupted().isEmpty());
    }

    @Test
    void eachStepIsAnnouncedInTheJournalBeforeItBegins() throws IOException {
        for (Step step : Step.values()) {
            onRun.put(
                    step,
                    work -> assertEquals(
                            new JournalEntry.Started(NOON, step), journal().last(), "the last word on the disk"));
        }
        assertEquals(Result.DONE, convert().result());
        assertEquals(
                RecoveryTest.journal(RecoveryTest.CONVERT),
                journal().entries().subList(0, journal().entries().size() - 1));
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"CHANGE_OWNERS", "OPEN_LIBVIRT", "PROVE"},
            mode = Mode.EXCLUDE)
    void aFailureBeforeTheFirstFileUndoesAllInReverseOrder(Step step) throws IOException {
        onRun.put(step, FAILS);
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNDONE, outcome.result());
        assertEquals("it broke. All is as before", outcome.sentence());
        assertEquals(andBack(step), told);
        assertFalse(journal().isOpen());
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"CHANGE_OWNERS", "OPEN_LIBVIRT", "PROVE"})
    void aFailureFromTheFirstFileOnUndoesNothingButStartsLibvirtAndGoesOnNextTime(Step step) throws IOException {
        onRun.put(step, FAILS);
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNFINISHED, outcome.result());
        assertTrue(outcome.sentence().contains("it broke"), outcome.sentence());
        assertTrue(outcome.sentence().contains(step.doing()), outcome.sentence());
        List<String> expected = new ArrayList<>(upTo(step));
        expected.add("undo HOLD_NUMBERS");
        expected.add("OPEN_LIBVIRT");
        assertEquals(expected, told);
        assertTrue(journal().isOpen());

        onRun.clear();
        assertEquals(Result.DONE, recover().result());
        assertTrue(told.contains("OPEN_LIBVIRT") && told.contains("PROVE"), "" + told);
        assertFalse(told.contains("INVENTORY"), "the list of files was complete");
        assertFalse(journal().isOpen());
    }

    /** Whoever ran --convert-now on a rollback that was left open would have it finished, and the host converted anew. */
    @Test
    void howToGoOnIsToldByWhatWasAskedFor() throws IOException {
        onRun.put(Step.PROVE, FAILS);
        assertTrue(run(RecoveryTest.CONVERT).sentence().contains("run libvirt-id-agent --convert-now: it goes on"));
        assertTrue(run(RecoveryTest.ROLL_BACK).sentence().contains("run libvirt-id-agent --rollback: it goes on"));
    }

    @Test
    void aGuestThatStartedMeanwhileEndsItAsBlockedAndAllIsAsBefore() throws IOException {
        onRun.put(Step.LOOK_AGAIN, work -> {
            throw new StepException.Blocked("guest vm1 has started");
        });
        ConversionOutcome outcome = convert();
        assertEquals(Result.BLOCKED, outcome.result());
        assertEquals("guest vm1 has started. All is as before", outcome.sentence());
        assertEquals(andBack(Step.LOOK_AGAIN), told);
        assertFalse(journal().isOpen());
    }

    @Test
    void aGuestThatIsThereWhenAConversionIsFinishedLeavesItOpenWithLibvirtUp() throws IOException {
        onRun.put(Step.CHANGE_OWNERS, FAILS);
        convert();
        onRun.clear();
        onRun.put(Step.LOOK_AGAIN, work -> {
            throw new StepException.Blocked("guest vm1 has started");
        });
        ConversionOutcome outcome = recover();
        assertEquals(Result.BLOCKED, outcome.result());
        assertEquals(List.of("CLOSE_LIBVIRT", "LOOK_AGAIN", "undo HOLD_NUMBERS", "OPEN_LIBVIRT"), told);
        assertTrue(journal().isOpen());
    }

    @Test
    void libvirtIsLetRunBeforeAConversionCanBeFinishedAndThatStaysOpen() throws IOException {
        onRun.put(Step.CHANGE_OWNERS, FAILS);
        convert();
        told.clear();

        runner.letLibvirtRun(conversions.interrupted().orElseThrow(), ConversionListener.NONE);

        assertEquals(List.of("OPEN_LIBVIRT"), told);
        assertTrue(journal().isOpen());
        onRun.put(Step.OPEN_LIBVIRT, FAILS);
        IOException failure = assertThrows(
                IOException.class,
                () -> runner.letLibvirtRun(conversions.interrupted().orElseThrow(), ConversionListener.NONE));
        assertEquals("libvirt was held back, and cannot be started: it broke", failure.getMessage());
    }

    @Test
    void whatDidNotStopLibvirtDoesNotStartIt() throws IOException {
        onRun.put(Step.CHANGE_OWNERS, FAILS);
        run(RecoveryTest.RE_OWN);
        told.clear();

        runner.letLibvirtRun(conversions.interrupted().orElseThrow(), ConversionListener.NONE);

        assertEquals(List.of(), told);
    }

    @Test
    void anUndoThatFailsDoesNotKeepTheOthersFromBeingDoneAndIsTriedAgain() throws IOException {
        onRun.put(Step.HOLD_NUMBERS, FAILS);
        onUndo.put(Step.CHANGE_IDS, work -> {
            throw new StepException("usermod is gone");
        });
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNFINISHED, outcome.result());
        assertEquals(andBack(Step.HOLD_NUMBERS), told);
        assertTrue(outcome.sentence().contains("it broke"), outcome.sentence());
        assertTrue(outcome.sentence().contains("usermod is gone"), outcome.sentence());

        onUndo.clear();
        ConversionOutcome recovered = recover();
        assertEquals(Result.UNDONE, recovered.result());
        assertEquals("it broke. All is as before", recovered.sentence());
        assertEquals(
                List.of(
                        "undo HOLD_NUMBERS",
                        "undo CHANGE_IDS",
                        "undo LOOK_AGAIN",
                        "undo CLOSE_LIBVIRT",
                        "undo INVENTORY"),
                told);
    }

    @Test
    void aDefectOfTheProgramIsAFailureLikeAnyOther() throws IOException {
        onRun.put(Step.CHANGE_IDS, work -> {
            throw new IllegalStateException("a defect");
        });
        assertEquals(Result.UNDONE, convert().result());
        assertEquals(andBack(Step.CHANGE_IDS), told);
    }

    @Test
    void evenWhenJavaItselfGivesUpLibvirtIsStartedAgain() throws IOException {
        onRun.put(Step.CHANGE_IDS, work -> {
            throw new UnsatisfiedLinkError("no such call");
        });
        assertEquals(Result.UNDONE, convert().result());
        assertEquals(andBack(Step.CHANGE_IDS), told);
    }

    /** A journal that is closed behind the runner's back stands for a disk that fails. */
    private static void failTheDisk(Undertaking work) throws IOException {
        work.journal().close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"CHANGE_OWNERS", "OPEN_LIBVIRT", "PROVE"},
            mode = Mode.EXCLUDE)
    void aJournalThatCannotBeWrittenBeforeTheFirstFileUndoesAll(Step step) throws IOException {
        onRun.put(step, ConversionRunnerTest::failTheDisk);
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNFINISHED, outcome.result(), "its end could not be noted");
        assertTrue(outcome.sentence().contains("cannot be written"), outcome.sentence());
        assertEquals(andBack(step), told);

        assertTrue(journal().isOpen());
        onRun.clear();
        recover();
        assertFalse(journal().isOpen());
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"CHANGE_OWNERS", "OPEN_LIBVIRT", "PROVE"})
    void aJournalThatCannotBeWrittenFromTheFirstFileOnDoesNotKeepTheRestFromBeingDone(Step step) throws IOException {
        onRun.put(step, ConversionRunnerTest::failTheDisk);
        ConversionOutcome outcome = convert();
        assertEquals(upTo(Step.PROVE), told);
        assertEquals(Result.UNFINISHED, outcome.result(), "its end could not be noted");
        assertFalse(outcome.notes().isEmpty() && step != Step.PROVE);

        onRun.clear();
        assertEquals(Result.DONE, recover().result());
    }

    @Test
    void askedToStopBeforeItBeginsItDoesNothing() throws IOException {
        runner.requestStop();
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNDONE, outcome.result());
        assertEquals(List.of(), told);
        assertFalse(journal().isOpen());
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"INVENTORY", "CLOSE_LIBVIRT", "LOOK_AGAIN"})
    void askedToStopBeforeIdsChangeItGoesBack(Step step) throws IOException {
        onRun.put(step, work -> runner.requestStop());
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNDONE, outcome.result());
        assertEquals("asked to stop. All is as before", outcome.sentence());
        assertEquals(andBack(step), told);
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"INVENTORY", "CLOSE_LIBVIRT", "LOOK_AGAIN"},
            mode = Mode.EXCLUDE)
    void askedToStopWhileIdsChangeOrLaterItGoesOnToTheEnd(Step step) throws IOException {
        onRun.put(step, work -> runner.requestStop());
        assertEquals(Result.DONE, convert().result());
        assertEquals(upTo(Step.PROVE), told);
    }

    @Test
    void reOwningThatCannotEvenListTheFilesHasChangedNothing() throws IOException {
        onRun.put(Step.INVENTORY, FAILS);
        ConversionOutcome outcome = run(RecoveryTest.RE_OWN);
        assertEquals(Result.UNDONE, outcome.result());
        assertFalse(journal().isOpen());
    }

    @Test
    void reOwningDoesNotTouchLibvirtEvenWhenItFails() throws IOException {
        onRun.put(Step.CHANGE_OWNERS, FAILS);
        assertEquals(Result.UNFINISHED, run(RecoveryTest.RE_OWN).result());
        assertEquals(List.of("INVENTORY", "CHANGE_OWNERS"), told);
    }

    @Test
    void aRestartThatFailsStartsLibvirtAgain() throws IOException {
        onRun.put(Step.CLOSE_LIBVIRT, FAILS);
        assertEquals(Result.UNFINISHED, run(RecoveryTest.RESTART).result());
        assertEquals("OPEN_LIBVIRT", told.get(told.size() - 1));
    }

    @Test
    void wherEverItIsCutOffTheNextRunEndsItWithLibvirtUp() throws IOException {
        List<JournalEntry> all = RecoveryTest.journal(RecoveryTest.CONVERT);
        for (int length = 1; length <= all.size(); length++) {
            try (Journal journal = conversions.begin(RecoveryTest.CONVERT, NOON.plusSeconds(length))) {
                for (JournalEntry entry : all.subList(1, length)) {
                    journal.append(entry);
                }
            }
            boolean closed = all.subList(0, length).contains(new JournalEntry.Started(NOON, Step.CLOSE_LIBVIRT));
            boolean converts = all.subList(0, length).contains(new JournalEntry.Started(NOON, Step.CHANGE_IDS));
            ConversionOutcome outcome = recover();
            assertEquals(converts ? Result.DONE : Result.UNDONE, outcome.result());
            assertEquals(closed, told.contains("OPEN_LIBVIRT") || told.contains("undo CLOSE_LIBVIRT"), "" + told);
            assertFalse(conversions.interrupted().isPresent());
        }
    }

    @Test
    void anOutcomeNamesTheFirstProblemsAndNotesAndCountsTheRest() throws IOException {
        onRun.put(Step.CHANGE_OWNERS, work -> {
            for (int i = 0; i < 1000; i++) {
                work.problem("/file-" + i + ": not permitted");
                work.note("/file-" + i + " lost its set-uid bit");
            }
        });
        ConversionOutcome outcome = convert();
        assertEquals(ConversionOutcome.LISTED + 1, outcome.problems().size());
        assertEquals("and 980 more", outcome.problems().get(ConversionOutcome.LISTED));
        assertEquals(ConversionOutcome.LISTED + 1, outcome.notes().size());
    }
}
