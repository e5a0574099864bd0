package io.idagent.agent;

import io.idagent.host.ConversionFact;
import io.idagent.host.ScanFindings;
import java.util.Map;
import java.util.Optional;

/**
 * What a scan leaves for the daemon, which may read neither the roots nor the journals itself.
 *
 * @param conversionsByResult how many conversions there have been, by how they ended
 * @param conversion what the journals say; whether a conversion runs now is seen by the lock
 */
public record ScanReport(
        ScanFindings host,
        ConversionFact conversion,
        Map<String, Long> conversionsByResult,
        Optional<StatusDocument.LastConversion> lastConversion) {

    public ScanReport {
        conversionsByResult = Map.copyOf(conversionsByResult);
    }

    public static ScanReport none(String why) {
        return new ScanReport(ScanFindings.none(why), new ConversionFact.NotSeen(why), Map.of(), Optional.empty());
    }
}
