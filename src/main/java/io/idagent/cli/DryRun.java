package io.idagent.cli;

import io.idagent.agent.RollbackTarget;
import io.idagent.agent.Session;
import io.idagent.agent.StatusDocument;
import io.idagent.agent.Wiring;
import io.idagent.assessment.State;
import io.idagent.conversion.ConversionHistory;
import io.idagent.conversion.ConversionPlan;
import io.idagent.conversion.ConversionPlanner;
import io.idagent.conversion.Conversions;
import io.idagent.conversion.Step;
import io.idagent.host.Fact;
import io.idagent.host.HostInspector.Depth;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.Tally;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.ServiceException;
import io.idagent.settings.Account;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code plan}, {@code --convert-now --dry-run} and {@code --rollback --dry-run}: says what would be done, and does nothing. */
final class DryRun {

    /** Measured on an idle host: stopping and starting libvirt, usermod and groupmod. */
    private static final double BASE_SECONDS = 0.8;
    /** Measured: owners changed in a second on a local disk, the syncing included. */
    private static final double FILES_A_SECOND = 20_000;

    private final Wiring wiring;
    private final Answer answer;
    private final boolean acceptUnstartable;

    DryRun(Wiring wiring, Answer answer, boolean acceptUnstartable) {
        this.wiring = wiring;
        this.answer = answer;
        this.acceptUnstartable = acceptUnstartable;
    }

    int convert() throws IOException, InterruptedException, ServiceException, NameServiceException {
        return show(wiring.settings().accounts(), Optional.empty());
    }

    int rollBack() throws IOException, InterruptedException, ServiceException, NameServiceException {
        Fact<ConversionHistory> history = wiring.history();
        Optional<Conversions.Record> last = Fact.valueOf(history).flatMap(ConversionHistory::canBeRolledBack);
        if (last.isEmpty()) {
            answer.line(history.whyUnknown().orElse("there is no conversion that could be taken back"));
            return ExitCode.BLOCKED;
        }
        return show(RollbackTarget.of(last.get()), last);
    }

    private int show(List<Account> accounts, Optional<Conversions.Record> rollsBack)
            throws IOException, InterruptedException, ServiceException, NameServiceException {
        Session session = new Session(wiring, accounts, acceptUnstartable);
        Session.Look look = session.look(Depth.EVERYWHERE, Duration.ZERO, false);
        ConversionPlanner planner = new ConversionPlanner(wiring.settings().reserveFormerIds());
        Optional<ConversionPlan> plan = rollsBack.isPresent()
                ? planner.planRollback(
                        look.assessment(),
                        session.dependents(look),
                        rollsBack.get().id())
                : planner.plan(look.assessment(), session.dependents(look));
        int code = exitCode(look, plan);
        long files = Fact.valueOf(look.assessment().host().files())
                .map(ScanResult::toChange)
                .orElse(0L);
        PlanDocument document = new PlanDocument(
                StatusDocument.FORMAT,
                code,
                look.assessment().sentence(),
                plan,
                plan.map(ConversionPlan::steps).orElse(List.of()),
                plan.isPresent() ? files : 0,
                plan.isPresent() ? Optional.of(outside(plan.get())) : Optional.empty(),
                plan.filter(p -> p.steps().contains(Step.CLOSE_LIBVIRT))
                        .map(p -> BASE_SECONDS + files / FILES_A_SECOND),
                Session.interrupted(look),
                look.document());
        answer.text(PlanText.of(document));
        answer.document(document);
        return code;
    }

    private static int exitCode(Session.Look look, Optional<ConversionPlan> plan) {
        if (look.assessment().state() == State.CONVERTING) {
            return ExitCode.ANOTHER_IS_RUNNING;
        }
        return plan.isPresent() ? ExitCode.DONE : ExitCode.of(look.assessment().blockers());
    }

    private Tally outside(ConversionPlan plan) throws IOException, NameServiceException {
        return wiring.scanner()
                .scan(wiring.base(), plan.files().scanOutside(), hit -> {}, entries -> {})
                .formerIds();
    }
}
