package io.idagent.agent;

import io.idagent.assessment.Assessment;
import io.idagent.assessment.Assessor;
import io.idagent.assessment.Blocker;
import io.idagent.assessment.State;
import io.idagent.host.ConversionFact;
import io.idagent.host.HostInspector;
import io.idagent.host.HostInspector.Depth;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What the daemon does every half minute: look, conclude, publish, and ask for a conversion when one is due. */
public final class InspectionLoop {

    /** Has a conversion done: by a request to root, or, as root, in this process. */
    public interface Trigger {
        void convert() throws IOException;
    }

    /** Whether a conversion is running now, seen by its lock. */
    public interface Running {
        boolean now() throws IOException;
    }

    /** Where everything comes from. */
    public record Sources(
            HostInspector host,
            Supplier<ScanReport> scan,
            Running running,
            Supplier<Optional<String>> paused,
            Supplier<Attempts> attempts) {}

    private final Sources sources;
    private final Assessor assessor = new Assessor(false);
    private final DaemonRules rules;
    private final Trigger trigger;
    private final Consumer<Published> publish;
    private final Consumer<String> log;
    private final Clock clock;

    private Instant quietSince = Instant.MAX;
    private String lastLogged = "";

    /** @param log a line for each change of state, of what is in the way, or of what is waited for */
    public InspectionLoop(
            Sources sources,
            DaemonRules rules,
            Trigger trigger,
            Consumer<Published> publish,
            Consumer<String> log,
            Clock clock) {
        this.sources = sources;
        this.rules = rules;
        this.trigger = trigger;
        this.publish = publish;
        this.log = log;
        this.clock = clock;
    }

    /** One turn. */
    public void look() throws InterruptedException {
        ScanReport scan = sources.scan().get();
        Assessment assessment = assessor.assess(sources.host().inspect(Depth.WITHOUT_FILES), conversion(scan));
        Instant now = clock.instant();
        boolean quiet = assessment.state() == State.CONVERTIBLE || assessment.state() == State.FAILED;
        if (!quiet) {
            quietSince = Instant.MAX;
        } else if (quietSince.equals(Instant.MAX)) {
            quietSince = now;
        }
        boolean wantsWork = DaemonRules.wantsWork(assessment.state())
                && assessment.blockers().isEmpty();
        List<Hold> holds = wantsWork
                ? rules.holds(
                        assessment.state(),
                        sources.paused().get(),
                        sources.attempts().get(),
                        quiet ? quietSince : Instant.EPOCH,
                        now)
                : List.of();
        publish.accept(new Published(
                StatusDocument.of(assessment, scan.lastConversion(), Optional.empty(), holds),
                assessment.readiness(),
                scan.conversionsByResult(),
                now));
        logChange(assessment, holds);
        if (wantsWork && holds.isEmpty()) {
            convert();
        }
    }

    private ConversionFact conversion(ScanReport scan) {
        try {
            return sources.running().now() ? new ConversionFact.Running() : scan.conversion();
        } catch (IOException e) {
            log.accept("cannot see whether a conversion is running: " + e.getMessage());
            return scan.conversion();
        }
    }

    private void convert() {
        try {
            trigger.convert();
        } catch (IOException e) {
            log.accept("cannot ask for a conversion: " + e.getMessage());
        }
    }

    private void logChange(Assessment assessment, List<Hold> holds) {
        TreeSet<String> reasons = new TreeSet<>();
        assessment.blockers().stream().map(Blocker::kind).forEach(reasons::add);
        holds.forEach(hold -> reasons.add(hold.kind().name()));
        String line = assessment.state() + (reasons.isEmpty() ? "" : " " + reasons);
        if (!line.equals(lastLogged)) {
            log.accept(line + ": " + assessment.sentence());
            lastLogged = line;
        }
    }
}
