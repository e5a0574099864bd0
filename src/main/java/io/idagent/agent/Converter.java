package io.idagent.agent;

import io.idagent.assessment.Assessment;
import io.idagent.assessment.State;
import io.idagent.conversion.ConversionHistory;
import io.idagent.conversion.ConversionKind;
import io.idagent.conversion.ConversionListener;
import io.idagent.conversion.ConversionLock;
import io.idagent.conversion.ConversionOutcome;
import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.conversion.ConversionPlan;
import io.idagent.conversion.ConversionPlanner;
import io.idagent.conversion.ConversionRunner;
import io.idagent.conversion.Conversions;
import io.idagent.host.Fact;
import io.idagent.host.HostInspector.Depth;
import io.idagent.platform.ExclusiveLock;
import io.idagent.platform.ServiceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The one way to convert, to roll back, and to recover, whoever asks for it: takes the lock, finishes what was cut off,
 * looks, decides, carries out.
 */
public final class Converter {

    /** Follows what happens. */
    public interface Observer extends ConversionListener {
        void recovering(String id);

        void waiting(String sentence);

        void ended(ConversionOutcome outcome);
    }

    /** How it ended. */
    public sealed interface Ending {

        List<ConversionOutcome> outcomes();

        /** Nothing was to be done, or nothing may be done: the assessment says why. */
        record Nothing(Session.Look look, List<ConversionOutcome> outcomes) implements Ending {}

        /** The last outcome tells. */
        record Carried(List<ConversionOutcome> outcomes) implements Ending {
            public ConversionOutcome last() {
                return outcomes.get(outcomes.size() - 1);
            }
        }

        record AnotherIsRunning() implements Ending {
            @Override
            public List<ConversionOutcome> outcomes() {
                return List.of();
            }
        }

        /** The journals cannot be read or not be trusted, or there is nothing that could be taken back. */
        record Refused(String why) implements Ending {
            @Override
            public List<ConversionOutcome> outcomes() {
                return List.of();
            }
        }
    }

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    /** Restarting libvirt can bring leftovers to light; more turns than this would be a loop. */
    private static final int MOST_CONVERSIONS = 3;

    private final Wiring wiring;
    private final Observer observer;
    private final StopOnSignal signals;
    private final Duration wait;
    private final boolean acceptUnstartable;
    private final List<ConversionOutcome> outcomes = new ArrayList<>();
    private Optional<ConversionKind> recovered = Optional.empty();

    /**
     * @param signals what asks a conversion to stop; whoever made it closes it when the ending was told
     * @param wait for guests to go
     */
    public Converter(Wiring wiring, Observer observer, StopOnSignal signals, Duration wait, boolean acceptUnstartable) {
        this.signals = signals;
        this.wiring = wiring;
        this.observer = observer;
        this.wait = wait;
        this.acceptUnstartable = acceptUnstartable;
    }

    public Ending convert() throws IOException, InterruptedException, ServiceException {
        return tellDaemon(underLock(session -> {
            for (int i = 0; i < MOST_CONVERSIONS; i++) {
                Session.Look look = waitForGuests(session, quickLook(session));
                Optional<ConversionPlan> plan = planner().plan(look.assessment(), session.dependents(look));
                if (plan.isEmpty()) {
                    // Behind a restart of libvirt guests may still hold files under former ids: then it is not over.
                    boolean blocked = !look.assessment().blockers().isEmpty();
                    return i == 0 || blocked ? new Ending.Nothing(look, outcomes) : new Ending.Carried(outcomes);
                }
                ConversionOutcome outcome = carryOut(plan.get());
                if (outcome.result() != Result.DONE || plan.get().kind() != ConversionKind.RESTART_LIBVIRT) {
                    break;
                }
            }
            return new Ending.Carried(outcomes);
        }));
    }

    /** Finishes a conversion that was cut off, and does nothing else. */
    public Ending recover() throws IOException, InterruptedException, ServiceException {
        return tellDaemon(underLock(session ->
                outcomes.isEmpty() ? new Ending.Nothing(quickLook(session), outcomes) : new Ending.Carried(outcomes)));
    }

    public Ending rollBack() throws IOException, InterruptedException, ServiceException {
        return tellDaemon(underLock(session -> {
            if (hasFinishedRollback()) {
                return new Ending.Carried(outcomes);
            }
            Optional<Conversions.Record> last =
                    Fact.valueOf(wiring.historyUnderLock()).flatMap(ConversionHistory::canBeRolledBack);
            if (last.isEmpty()) {
                return new Ending.Refused("there is no conversion that could be taken back");
            }
            return rollBack(last.get().id(), new Session(wiring, RollbackTarget.of(last.get()), acceptUnstartable));
        }));
    }

    private ConversionPlanner planner() {
        return new ConversionPlanner(wiring.settings().reserveFormerIds());
    }

    private Ending rollBack(String conversion, Session session)
            throws IOException, InterruptedException, ServiceException {
        Session.Look look = waitForGuests(session, quickLook(session));
        Optional<ConversionPlan> plan = planner().planRollback(look.assessment(), session.dependents(look), conversion);
        if (plan.isEmpty()) {
            return new Ending.Nothing(look, outcomes);
        }
        Path root = wiring.base().path();
        boolean wasPaused = PauseFile.read(root).isPresent();
        // Before it begins: if it is cut off at its very end, nobody must take it for a host to convert.
        PauseFile.write(
                root,
                "rolled back to " + plan.get().changes().get(0).to()
                        + " on request; remove this file to let the agent convert this host again");
        ConversionOutcome outcome = carryOut(plan.get());
        if (!wasPaused && (outcome.result() == Result.BLOCKED || outcome.result() == Result.UNDONE)) {
            PauseFile.remove(root);
        }
        return new Ending.Carried(outcomes);
    }

    /** Cut off, and brought to its end just now: that is what was asked for. */
    private boolean hasFinishedRollback() {
        return recovered.equals(Optional.of(ConversionKind.ROLL_BACK))
                && outcomes.get(outcomes.size() - 1).result() == Result.DONE;
    }

    /** What the daemon knows of files is from the last scan, which has just become history. */
    private Ending tellDaemon(Ending ending) throws IOException, InterruptedException {
        if (ending instanceof Ending.Carried && wiring.runFiles().hasReader()) {
            new Scan(wiring).run();
        }
        return ending;
    }

    private interface Work {
        Ending with(Session session) throws IOException, InterruptedException, ServiceException;
    }

    private Ending underLock(Work work) throws IOException, InterruptedException, ServiceException {
        Session session = new Session(wiring, wiring.settings().accounts(), acceptUnstartable);
        try (ExclusiveLock lock = ConversionLock.take(wiring.lockFile()).orElse(null)) {
            if (lock == null) {
                return new Ending.AnotherIsRunning();
            }
            Fact<ConversionHistory> history = wiring.historyUnderLock();
            if (!history.isKnown()) {
                return new Ending.Refused(history.whyUnknown().orElse(""));
            }
            Optional<Conversions.Record> open = Fact.valueOf(history).flatMap(ConversionHistory::interrupted);
            if (open.isPresent()) {
                Optional<Ending> notYet = recover(session, open.get());
                if (notYet.isPresent()) {
                    return notYet.get();
                }
            }
            return work.with(session);
        }
    }

    /** @return why it cannot be finished now; empty if it was */
    private Optional<Ending> recover(Session session, Conversions.Record open)
            throws IOException, InterruptedException {
        observer.recovering(open.id());
        if (ConversionRunner.guestsForbid(open)) {
            Session.Look look = waitForGuests(session, session.look(Depth.WITHOUT_FILES, Duration.ZERO, true));
            if (!look.assessment().blockers().isEmpty()) {
                wiring.conversionTools().runner().letLibvirtRun(open, observer);
                return Optional.of(new Ending.Nothing(look, outcomes));
            }
        }
        ConversionOutcome outcome = follow(runner -> runner.recover(open, observer));
        recovered = Optional.of(open.plan().kind());
        return switch (outcome.result()) {
            case DONE, UNDONE -> Optional.empty();
            case BLOCKED, UNFINISHED -> Optional.of(new Ending.Carried(outcomes));
        };
    }

    /** Files are looked at only where that decides: a conversion lists them itself, once. */
    private Session.Look quickLook(Session session) throws InterruptedException {
        Session.Look look =
                session.look(Depth.WITHOUT_FILES, wiring.settings().timeouts().passwdLock(), true);
        return look.assessment().state() == State.NORMALIZED
                ? session.look(Depth.EVERYWHERE, Duration.ZERO, true)
                : look;
    }

    private Session.Look waitForGuests(Session session, Session.Look first) throws InterruptedException {
        Session.Look look = first;
        long deadline = System.nanoTime() + wait.toNanos();
        String told = "";
        while (look.assessment().isHeldByGuestsOnly() && System.nanoTime() < deadline) {
            Assessment assessment = look.assessment();
            String who = assessment.blockers().get(0).sentence();
            if (!who.equals(told)) {
                observer.waiting(who);
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
        return follow(runner -> runner.run(plan, observer));
    }

    private ConversionOutcome follow(RunnerCall call) throws IOException {
        ConversionRunner runner = wiring.conversionTools().runner();
        signals.during(runner);
        ConversionOutcome outcome = call.with(runner);
        outcomes.add(outcome);
        observer.ended(outcome);
        return outcome;
    }
}
