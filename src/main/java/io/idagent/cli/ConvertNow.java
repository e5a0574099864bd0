package io.idagent.cli;

import io.idagent.assessment.Assessment;
import io.idagent.assessment.Blocker;
import io.idagent.assessment.State;
import io.idagent.conversion.ConversionHistory;
import io.idagent.conversion.ConversionKind;
import io.idagent.conversion.ConversionLock;
import io.idagent.conversion.ConversionOutcome;
import io.idagent.conversion.ConversionPlan;
import io.idagent.conversion.ConversionPlanner;
import io.idagent.conversion.ConversionRunner;
import io.idagent.conversion.Conversions;
import io.idagent.host.Fact;
import io.idagent.host.HostInspector.Depth;
import io.idagent.platform.ServiceException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code --convert-now} and {@code --rollback}: finishes what was cut off, looks, decides, carries out, tells. */
final class ConvertNow {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
    /** Restarting libvirt can bring leftovers to light; more turns than this would be a loop. */
    private static final int MOST_CONVERSIONS = 3;

    private final Wiring wiring;
    private final Answer answer;
    private final ProgressLines progress;
    private final Duration wait;
    private final boolean acceptUnstartable;
    private final List<ConversionOutcome> outcomes = new ArrayList<>();

    ConvertNow(Wiring wiring, Answer answer, ProgressLines progress, Duration wait, boolean acceptUnstartable) {
        this.wiring = wiring;
        this.answer = answer;
        this.progress = progress;
        this.wait = wait;
        this.acceptUnstartable = acceptUnstartable;
    }

    int convert() throws IOException, InterruptedException, ServiceException {
        return underLock(session -> {
            for (int i = 0; i < MOST_CONVERSIONS; i++) {
                Session.Look look = waitForGuests(session, quickLook(session));
                Optional<ConversionPlan> plan =
                        new ConversionPlanner().plan(look.assessment(), session.dependents(look));
                if (plan.isEmpty()) {
                    return i == 0 ? nothingDone(look) : finish(session);
                }
                ConversionOutcome outcome = carryOut(plan.get());
                if (ExitCode.of(outcome) != ExitCode.DONE || plan.get().kind() != ConversionKind.RESTART_LIBVIRT) {
                    return finish(session);
                }
            }
            return finish(session);
        });
    }

    int rollBack() throws IOException, InterruptedException, ServiceException {
        Fact<ConversionHistory> history = wiring.history();
        Optional<Conversions.Record> last = Fact.valueOf(history).flatMap(ConversionHistory::canBeRolledBack);
        if (last.isEmpty()) {
            String why = history.whyUnknown().orElse("there is no conversion that could be taken back");
            return end(
                    ExitCode.BLOCKED, why, new Session(wiring, wiring.settings().accounts(), false), false);
        }
        return underLock(RollbackTarget.of(last.get()), session -> {
            Session.Look look = waitForGuests(session, quickLook(session));
            Optional<ConversionPlan> plan = new ConversionPlanner()
                    .planRollback(
                            look.assessment(),
                            session.dependents(look),
                            last.get().id());
            if (plan.isEmpty()) {
                return nothingDone(look);
            }
            ConversionOutcome outcome = carryOut(plan.get());
            if (outcome.result() == ConversionOutcome.Result.DONE) {
                PauseFile.write(
                        wiring.base().path(),
                        "rolled back to " + plan.get().changes().get(0).to()
                                + " on request; remove this file to let the agent convert this host again");
            }
            return finish(session);
        });
    }

    private interface Work {
        int with(Session session) throws IOException, InterruptedException, ServiceException;
    }

    private int underLock(Work work) throws IOException, InterruptedException, ServiceException {
        return underLock(wiring.settings().accounts(), work);
    }

    private int underLock(List<io.idagent.settings.Account> accounts, Work work)
            throws IOException, InterruptedException, ServiceException {
        Session session = new Session(wiring, accounts, acceptUnstartable);
        try (ConversionLock lock = ConversionLock.take(wiring.lockFile()).orElse(null)) {
            if (lock == null) {
                return end(
                        ExitCode.ANOTHER_IS_RUNNING, "another conversion is running; try again later", session, false);
            }
            Fact<ConversionHistory> history = wiring.historyUnderLock();
            if (!history.isKnown()) {
                return end(ExitCode.BLOCKED, history.whyUnknown().orElse(""), session, true);
            }
            Optional<Conversions.Record> open = Fact.valueOf(history).flatMap(ConversionHistory::interrupted);
            if (open.isPresent()) {
                int code = recover(session, open.get());
                if (code != ExitCode.DONE) {
                    return code;
                }
            }
            return work.with(session);
        }
    }

    private int recover(Session session, Conversions.Record open) throws IOException, InterruptedException {
        answer.line("The conversion " + open.id() + " was cut off. It comes first:");
        if (open.plan().kind().needsNoGuest() && !open.plan().offline()) {
            Session.Look look = waitForGuests(session, session.look(Depth.WITHOUT_FILES, Duration.ZERO, true));
            List<Blocker> blockers = look.assessment().blockers();
            if (!blockers.isEmpty()) {
                return nothingDone(look);
            }
        }
        ConversionOutcome outcome = report(runner(runner -> runner.recover(open, progress)));
        return switch (outcome.result()) {
            case DONE, UNDONE -> ExitCode.DONE;
            case BLOCKED, UNFINISHED -> finish(session);
        };
    }

    /** Files are looked at only where that decides: a conversion lists them itself, once. */
    private Session.Look quickLook(Session session) throws InterruptedException {
        Session.Look look =
                session.look(Depth.WITHOUT_FILES, wiring.settings().timeouts().passwdLock(), true);
        return look.assessment().state() == State.NORMALIZED
                ? session.look(Depth.WITH_FILES, Duration.ZERO, true)
                : look;
    }

    private Session.Look waitForGuests(Session session, Session.Look first) throws InterruptedException {
        Session.Look look = first;
        long deadline = System.nanoTime() + wait.toNanos();
        String told = "";
        while (look.assessment().isHeldByGuestsOnly() && System.nanoTime() < deadline) {
            String who = look.assessment().blockers().get(0).sentence();
            if (!who.equals(told)) {
                answer.line("Waiting: " + who);
                told = who;
            }
            Thread.sleep(BETWEEN_LOOKS.toMillis());
            look = quickLook(session);
        }
        return look;
    }

    private interface RunnerCall {
        ConversionOutcome with(ConversionRunner runner) throws IOException;
    }

    private ConversionOutcome carryOut(ConversionPlan plan) throws IOException {
        return report(runner(runner -> runner.run(plan, progress)));
    }

    private ConversionOutcome runner(RunnerCall call) throws IOException {
        ConversionRunner runner = wiring.conversionTools().runner();
        try (StopOnSignal signals = StopOnSignal.during(runner)) {
            return call.with(runner);
        }
    }

    private ConversionOutcome report(ConversionOutcome outcome) {
        outcomes.add(outcome);
        answer.text(OutcomeText.of(outcome));
        return outcome;
    }

    private int nothingDone(Session.Look look) {
        Assessment assessment = look.assessment();
        int code = ExitCode.of(assessment.blockers());
        StatusDocument status = look.document();
        answer.text(StatusText.verdict(status));
        answer.document(new ConversionDocument(StatusDocument.FORMAT, code, assessment.sentence(), outcomes, status));
        return code;
    }

    private int finish(Session session) throws InterruptedException {
        ConversionOutcome outcome = outcomes.get(outcomes.size() - 1);
        return end(ExitCode.of(outcome), outcome.sentence(), session, true);
    }

    private int end(int code, String sentence, Session session, boolean holdsLock) throws InterruptedException {
        if (outcomes.isEmpty()) {
            answer.line(sentence);
        }
        if (!answer.isText()) {
            StatusDocument status =
                    session.look(Depth.WITHOUT_FILES, Duration.ZERO, holdsLock).document();
            answer.document(new ConversionDocument(StatusDocument.FORMAT, code, sentence, outcomes, status));
        }
        return code;
    }
}
