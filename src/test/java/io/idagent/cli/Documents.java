package io.idagent.cli;

import io.idagent.agent.Hold;
import io.idagent.agent.StatusDocument;
import io.idagent.assessment.Assessment;
import io.idagent.assessment.Assessor;
import io.idagent.conversion.ConversionHistory;
import io.idagent.conversion.ConversionPlan;
import io.idagent.conversion.ConversionPlanner;
import io.idagent.conversion.Conversions;
import io.idagent.conversion.JournalEntry;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostStory;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.Tally;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the commands say about hosts in tests. */
final class Documents {

    private Documents() {}

    static Fact<ConversionHistory> history(JournalEntry... entries) {
        List<Conversions.Record> records = entries.length == 0
                ? List.of()
                : List.of(new Conversions.Record(
                        "20260301T120000Z",
                        Path.of("/var/lib/libvirt-id-agent/conversions/20260301T120000Z"),
                        List.of(entries)));
        return HostStory.known(new ConversionHistory(records, false));
    }

    static Assessment assess(HostStory host, Fact<ConversionHistory> history) {
        return new Assessor(false)
                .assess(host.snapshot(), history.map(ConversionHistory::fact).orElse(new ConversionFact.Idle()));
    }

    static StatusDocument status(HostStory host, Fact<ConversionHistory> history, Hold... holds) {
        return StatusDocument.of(
                assess(host, history), StatusDocument.last(history), history.whyUnknown(), List.of(holds));
    }

    static Optional<ConversionPlan> plan(HostStory host) {
        return new ConversionPlanner(true).plan(assess(host, history()), List.of("libvirt-guests.service"));
    }

    static PlanDocument planDocument(HostStory host, Optional<Tally> outside) {
        Assessment assessment = assess(host, history());
        Optional<ConversionPlan> plan = plan(host);
        ScanResult files = host.snapshot().files().orElse(HostStory.scan(0, 0));
        return new PlanDocument(
                StatusDocument.FORMAT,
                ExitCode.of(assessment.blockers()),
                assessment.sentence(),
                plan,
                plan.map(ConversionPlan::steps).orElse(List.of()),
                plan.isPresent()
                        ? files.formerIds().files() + files.adoptableOrphans().files()
                        : 0,
                outside,
                plan.map(p -> 0.8),
                Optional.empty(),
                status(host, history()));
    }
}
