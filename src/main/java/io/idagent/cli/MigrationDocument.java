package io.idagent.cli;

import io.idagent.host.Fact;
import io.idagent.migration.MigrationFacts;
import io.idagent.migration.MigrationFinding;
import io.idagent.migration.MigrationFinding.Severity;
import io.idagent.platform.LibvirtGuest;
import java.util.List;
import java.util.Optional;

/**
 * What {@code check-migration} says, as the JSON document that the README describes.
 *
 * @param from this host
 * @param to the other one, if it was named and answered
 * @param domains that were looked at
 */
record MigrationDocument(
        int format,
        int exitCode,
        String sentence,
        String from,
        Optional<String> to,
        List<String> domains,
        List<MigrationFinding> findings) {

    static MigrationDocument of(int format, int exitCode, MigrationFacts facts, List<MigrationFinding> findings) {
        Optional<String> to =
                facts.there().flatMap(Fact::valueOf).map(side -> side.libvirt().hostName());
        List<String> domains = facts.guests().stream().map(LibvirtGuest::name).toList();
        String guests = domains.size() == 1 ? "1 guest" : domains.size() + " guests";
        String where = guests + " on " + facts.here().libvirt().hostName()
                + to.map(host -> ", to move to " + host).orElse("");
        String sentence = findings.isEmpty()
                ? "nothing to object: " + where
                : count(findings, Severity.ERROR, "error") + ", " + count(findings, Severity.WARNING, "warning") + ", "
                        + count(findings, Severity.UNKNOWN, "thing") + " not seen: " + where;
        return new MigrationDocument(
                format, exitCode, sentence, facts.here().libvirt().hostName(), to, domains, findings);
    }

    private static String count(List<MigrationFinding> findings, Severity severity, String what) {
        long count = findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
