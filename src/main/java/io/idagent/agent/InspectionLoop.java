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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
    private final LongSupplier nanoTime;

    /** By the clock that nobody can set. */
    private OptionalLong quietSince = OptionalLong.empty();

    private String lastLogged = "";
    private String trouble = "";
    private String lastTrouble = "";

    /**
     * @param log a line for each change of state, of what is in the way, waited for, or worth a look
     * @param nanoTime as {@link System#nanoTime}
     */
    public InspectionLoop(
            Sources sources,
            DaemonRules rules,
            Trigger trigger,
            Consumer<Published> publish,
            Consumer<String> log,
            Clock clock,
            LongSupplier nanoTime) {
        this.sources = sources;
        this.rules = rules;
        this.trigger = trigger;
        this.publish = publish;
        this.log = log;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** One turn. */
    public void look() throws InterruptedException {
        trouble = "";
        ScanReport scan = sources.scan().get();
        Assessment assessment = assessor.assess(sources.host().inspect(Depth.WITHOUT_FILES), conversion(scan));
        Instant now = clock.instant();
        boolean quiet = assessment.state() == State.CONVERTIBLE || assessment.state() == State.FAILED;
        if (!quiet) {
            quietSince = OptionalLong.empty();
        } else if (quietSince.isEmpty()) {
            quietSince = OptionalLong.of(nanoTime.getAsLong());
        }
        boolean wantsWork = DaemonRules.wantsWork(assessment.state())
                && assessment.blockers().isEmpty();
        List<Hold> holds = wantsWork
                ? rules.holds(
                        assessment.state(),
                        sources.paused().get(),
                        sources.attempts().get(),
                        quietFor(),
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
        logTrouble();
    }

    private Duration quietFor() {
        return quietSince.isPresent()
                ? Duration.ofNanos(nanoTime.getAsLong() - quietSince.getAsLong())
                : DaemonRules.QUIET_FOR_LONG;
    }

    private ConversionFact conversion(ScanReport scan) {
        try {
            return sources.running().now() ? new ConversionFact.Running() : scan.conversion();
        } catch (IOException e) {
            trouble = "cannot see whether a conversion is running: " + e.getMessage();
            return scan.conversion();
        }
    }

    private void convert() {
        try {
            trigger.convert();
        } catch (IOException e) {
            trouble = "cannot ask for a conversion: " + e.getMessage();
        }
    }

    private void logChange(Assessment assessment, List<Hold> holds) {
        TreeSet<String> reasons = new TreeSet<>();
        assessment.blockers().stream().map(Blocker::kind).forEach(reasons::add);
        holds.forEach(hold -> reasons.add(hold.kind().name()));
        TreeSet<String> findings = new TreeSet<>();
        assessment.findings().forEach(finding -> findings.add(finding.kind().name()));
        String line = assessment.state()
                + (reasons.isEmpty() ? "" : " " + reasons)
                + (findings.isEmpty() ? "" : ", worth a look " + findings);
        if (!line.equals(lastLogged)) {
            log.accept(line + ": " + assessment.sentence());
            lastLogged = line;
        }
    }

    private void logTrouble() {
        if (!trouble.isEmpty() && !trouble.equals(lastTrouble)) {
            log.accept(trouble);
        }
        lastTrouble = trouble;
    }
}
