package io.idagent.agent;

import io.idagent.conversion.ConversionHistory;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostInspector.Depth;
import io.idagent.host.ScanFindings;
import java.io.IOException;
import java.util.Map;

/** The thorough look, with the right to read everything, that leaves what it finds for the daemon. */
public final class Scan {

    private final Wiring wiring;

    public Scan(Wiring wiring) {
        this.wiring = wiring;
    }

    /** @return what was left */
    public ScanReport run() throws IOException, InterruptedException {
        Session session = new Session(wiring, wiring.settings().accounts(), false);
        Session.Look look = session.look(Depth.EVERYWHERE);
        ConversionFact conversion = look.history()
                .switchOn(
                        known -> new ConversionHistory(known.value().conversions(), false).fact(),
                        ConversionFact.NotSeen::new);
        ScanReport report = new ScanReport(
                ScanFindings.of(look.assessment().host()),
                conversion,
                Fact.valueOf(look.history()).map(ConversionHistory::byResult).orElse(Map.of()),
                StatusDocument.last(look.history()));
        wiring.runFiles().writeFindings(report);
        // The run directory is empty after a boot, and grants outlive it.
        if (look.grants().isPresent()) {
            wiring.runFiles().writeGrants(look.grants().get());
        }
        return report;
    }
}
