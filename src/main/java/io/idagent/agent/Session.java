package io.idagent.agent;

import io.idagent.assessment.Assessment;
import io.idagent.conversion.ConversionHistory;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostInspector.Depth;
import io.idagent.platform.ServiceException;
import io.idagent.platform.Services;
import io.idagent.platform.Unit;
import io.idagent.settings.Account;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One look at the host and at its history, and the conclusion from both. What all commands begin with. */
public final class Session {

    private final Wiring wiring;
    private final List<Account> accounts;
    private final boolean acceptUnstartable;

    public Session(Wiring wiring, List<Account> accounts, boolean acceptUnstartable) {
        this.wiring = wiring;
        this.accounts = accounts;
        this.acceptUnstartable = acceptUnstartable;
    }

    /** What was seen and concluded. */
    public record Look(
            Assessment assessment, Fact<ConversionHistory> history, List<Hold> holds, Optional<GrantsDocument> grants) {

        public StatusDocument document() {
            return StatusDocument.of(assessment, StatusDocument.last(history), history.whyUnknown(), holds)
                    .withGrants(grants);
        }

        public Published published() {
            return new Published(
                    document(),
                    assessment.readiness(),
                    Fact.valueOf(history).map(ConversionHistory::byResult).orElse(Map.of()),
                    assessment.host().observedAt());
        }
    }

    public Look look(Depth depth) throws InterruptedException {
        return look(depth, Duration.ZERO, false);
    }

    /** @param holdsLock we are the conversion that is running */
    public Look look(Depth depth, Duration passwdLockWait, boolean holdsLock) throws InterruptedException {
        Fact<ConversionHistory> history = holdsLock ? wiring.historyUnderLock() : wiring.history();
        ConversionFact fact = history.switchOn(known -> known.value().fact(), ConversionFact.NotSeen::new);
        Assessment assessment = wiring.assessor(acceptUnstartable)
                .assess(
                        wiring.inspector(accounts, Fact.valueOf(history), passwdLockWait)
                                .inspect(depth),
                        fact);
        return new Look(assessment, history, holds(assessment), wiring.grantsOut());
    }

    /** Without the quiet period, which only the daemon has seen pass. */
    private List<Hold> holds(Assessment assessment) {
        if (assessment.host().offline() || !DaemonRules.wantsWork(assessment.state())) {
            return List.of();
        }
        return new DaemonRules(wiring.settings().daemon())
                .holds(
                        assessment.state(),
                        PauseFile.read(wiring.base().path()),
                        wiring.runFiles().attempts(),
                        DaemonRules.QUIET_FOR_LONG,
                        Instant.now());
    }

    /** Units that stop along with libvirt's. */
    public List<String> dependents(Look look) throws ServiceException {
        if (look.assessment().host().offline()) {
            return List.of();
        }
        Services services = wiring.services();
        List<String> units = look.assessment().host().libvirt().units().orElse(List.of()).stream()
                .map(Unit::name)
                .toList();
        return services.activeDependents(units);
    }

    public static Optional<String> interrupted(Look look) {
        return Fact.valueOf(look.history())
                .flatMap(ConversionHistory::interrupted)
                .map(record -> record.id());
    }
}
