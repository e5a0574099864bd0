package io.idagent.conversion;

import io.idagent.conversion.ConversionOutcome.Result;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Carries plans out; the only way in which this program changes a host.
 *
 * <p>Before {@link Step#POINT_OF_NO_RETURN} whatever goes wrong is undone. From the first file on the way is forward:
 * what cannot be done is left open in the journal, and the next run goes on. In every case libvirt is started again.
 */
public final class ConversionRunner {

    private final Conversions conversions;
    private final Map<Step, StepAction> actions;
    private final Clock clock;
    private volatile boolean stopRequested;

    ConversionRunner(Conversions conversions, Map<Step, StepAction> actions, Clock clock) {
        this.conversions = conversions;
        this.actions = new EnumMap<>(actions);
        this.clock = clock;
    }

    /** Asks to end at the next step: undone, if nothing was changed yet, else at the proper end. */
    public void requestStop() {
        stopRequested = true;
    }

    /**
     * Carries a plan out. The caller holds the {@link ConversionLock}.
     *
     * @throws IOException if the journal could not be begun; then nothing was touched
     */
    public ConversionOutcome run(ConversionPlan plan, ConversionListener listener) throws IOException {
        try (Journal journal = conversions.begin(plan, clock.instant())) {
            try (Undertaking work = new Undertaking(plan, journal, listener)) {
                thinOut(work);
                return goOn(work, plan.steps());
            }
        }
    }

    /** Old journals that cannot be removed are no reason not to convert. */
    private void thinOut(Undertaking work) {
        try {
            conversions.thinOut();
        } catch (IOException e) {
            work.note("Old journals could not be removed from "
                    + work.journal().directory().getParent() + ": " + e);
        }
    }

    /**
     * Finishes a conversion that was cut off: forward if ids may have been changed, else back.
     *
     * @throws IOException if its journal cannot be read or written; then nothing was touched
     */
    public ConversionOutcome recover(Conversions.Record interrupted, ConversionListener listener) throws IOException {
        Recovery recovery = Recovery.of(interrupted);
        try (Journal journal = conversions.reopen(interrupted);
                Undertaking work = new Undertaking(interrupted.plan(), journal, listener)) {
            return switch (recovery.direction()) {
                case FORWARD -> goOn(work, recovery.steps());
                case BACK -> undo(work, recovery.steps(), recovery.why(), Result.UNDONE);
            };
        }
    }

    /** Whether guests forbid to finish it: taking back what changed nothing yet does not touch them. */
    public static boolean guestsForbid(Conversions.Record interrupted) {
        return interrupted.plan().kind().needsNoGuest()
                && !interrupted.plan().offline()
                && Recovery.of(interrupted).direction() == Recovery.Direction.FORWARD;
    }

    /**
     * Starts libvirt although the conversion cannot be finished yet. Its journal stays open.
     *
     * @throws IOException if libvirt does not start
     */
    public void letLibvirtRun(Conversions.Record interrupted, ConversionListener listener) throws IOException {
        if (!interrupted.plan().steps().contains(Step.OPEN_LIBVIRT)) {
            return;
        }
        try (Journal journal = conversions.reopen(interrupted);
                Undertaking work = new Undertaking(interrupted.plan(), journal, listener)) {
            actions.get(Step.OPEN_LIBVIRT).run(work);
        } catch (Exception e) {
            throw new IOException("libvirt was held back, and cannot be started: " + message(e), e);
        }
    }

    private ConversionOutcome goOn(Undertaking work, List<Step> steps) {
        List<Step> begun = new ArrayList<>();
        boolean canBeUndone = steps.contains(Step.INVENTORY);
        for (Step step : steps) {
            if (step == Step.CHANGE_OWNERS) {
                canBeUndone = false;
            }
            try {
                if (stopRequested && canBeUndone && step.compareTo(Step.POINT_OF_NO_RETURN) <= 0) {
                    throw new StepException("asked to stop");
                }
                if (canBeUndone && begun.isEmpty()) {
                    for (Step each : steps) {
                        actions.get(each).check(work);
                    }
                }
                note(work, new JournalEntry.Started(clock.instant(), step), canBeUndone);
                begun.add(step);
                perform(work, step);
                note(work, new JournalEntry.Done(clock.instant(), step), canBeUndone);
            } catch (Exception | Error failure) {
                // Errors too: whatever Java has run out of, libvirt must not stay down for it.
                work.listener().failed(step, message(failure));
                boolean blocked = failure instanceof StepException.Blocked;
                if (canBeUndone) {
                    return undo(work, begun, message(failure), blocked ? Result.BLOCKED : Result.UNDONE);
                }
                if (work.plan().kind() == ConversionKind.RESTART_LIBVIRT && step == Step.PROVE) {
                    // libvirt is up again, and that it goes on giving other numbers leaves nothing to be finished.
                    return close(work, Result.UNDONE, message(failure));
                }
                return leaveOpen(work, step, message(failure), blocked);
            }
        }
        return close(work, Result.DONE, summary(work));
    }

    private void perform(Undertaking work, Step step) throws Exception {
        work.listener().started(step);
        long start = System.nanoTime();
        String result = actions.get(step).run(work);
        work.listener().done(step, Duration.ofNanos(System.nanoTime() - start), result);
    }

    /**
     * Writes an entry. When that fails behind the point of no return, stopping would leave more behind than going on:
     * every step can be repeated, so a journal that lags is followed by a longer recovery, and nothing else.
     */
    private static void note(Undertaking work, JournalEntry entry, boolean failureStops) throws IOException {
        try {
            work.journal().append(entry);
        } catch (IOException e) {
            if (failureStops) {
                throw new IOException("the journal " + work.journal().directory() + " cannot be written: " + e, e);
            }
            work.note("The journal " + work.journal().directory() + " could not be written: " + e);
        }
    }

    private ConversionOutcome undo(Undertaking work, List<Step> begun, String why, Result result) {
        List<String> failures = new ArrayList<>();
        try {
            note(work, new JournalEntry.Undoing(clock.instant(), why), false);
        } catch (IOException cannotBe) {
            throw new IllegalStateException(cannotBe);
        }
        for (int i = begun.size() - 1; i >= 0; i--) {
            Step step = begun.get(i);
            try {
                work.listener().undoing(step);
                actions.get(step).undo(work);
            } catch (Exception | Error e) {
                failures.add(message(e));
            }
        }
        if (!failures.isEmpty()) {
            return work.outcome(
                    Result.UNFINISHED,
                    why + ". Undoing it failed as well: " + String.join("; ", failures) + ". Mend that, then run "
                            + commandToGoOn(work) + ": it goes on from here");
        }
        return close(work, result, why + ". All is as before");
    }

    /** Ids have changed: libvirt must run with the new ones, whatever else is wrong. */
    private ConversionOutcome leaveOpen(Undertaking work, Step failed, String why, boolean blocked) {
        String sentence = why;
        if (work.plan().steps().contains(Step.OPEN_LIBVIRT)) {
            try {
                actions.get(Step.HOLD_NUMBERS).undo(work);
                actions.get(Step.OPEN_LIBVIRT).run(work);
            } catch (Exception | Error e) {
                sentence += ". Starting libvirt failed as well: " + message(e);
            }
        }
        sentence += ". The conversion is not finished (" + failed.doing() + "); mend that, then run "
                + commandToGoOn(work) + ": it goes on from here";
        return work.outcome(blocked ? Result.BLOCKED : Result.UNFINISHED, sentence);
    }

    private ConversionOutcome close(Undertaking work, Result result, String sentence) {
        ConversionOutcome outcome = work.outcome(result, sentence);
        try {
            work.journal().finish(new JournalEntry.Closed(clock.instant(), outcome));
            return outcome;
        } catch (IOException e) {
            return work.outcome(
                    Result.UNFINISHED,
                    sentence + ". But the end could not be noted in "
                            + work.journal().directory() + ": " + e
                            + ". Run " + commandToGoOn(work) + " again when that is mended");
        }
    }

    /** --convert-now would finish a rollback as well, and then convert the host anew. */
    private static String commandToGoOn(Undertaking work) {
        return "libvirt-id-agent " + (work.plan().kind() == ConversionKind.ROLL_BACK ? "--rollback" : "--convert-now");
    }

    private static String summary(Undertaking work) {
        String accounts = work.plan().changes().stream()
                .map(change -> change.user() + " has " + change.to())
                .collect(Collectors.joining(", "));
        return switch (work.plan().kind()) {
            case CONVERT, RE_OWN -> accounts + (work.leftovers() == 0 ? "" : ", but some files could not be changed");
            case ROLL_BACK -> accounts + " again";
            case RESTART_LIBVIRT -> "libvirt has read the ids anew";
        };
    }

    /** A checked exception brings its own sentence; of anything else its name tells more than its message. */
    private static String message(Throwable e) {
        boolean hasSentence = e instanceof Exception && !(e instanceof RuntimeException) && e.getMessage() != null;
        return hasSentence ? e.getMessage() : e.toString();
    }
}
