package io.idagent.migration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything that is looked for before a migration, from facts alone. */
public final class MigrationChecks {

    private static final List<Check> ALL = List.of(
            new HostChecks(),
            new IdChecks(),
            new LabelChecks(),
            new StorageChecks(),
            new FormatChecks(),
            new GuestChecks());

    private MigrationChecks() {}

    /** What concerns the hosts first, then guest by guest, the worst first. */
    public static List<MigrationFinding> of(MigrationFacts facts) {
        List<MigrationFinding> findings = new ArrayList<>();
        ALL.forEach(check -> check.look(facts, findings::add));
        findings.sort(Comparator.comparing(
                        (MigrationFinding finding) -> finding.domain().orElse(""))
                .thenComparing(MigrationFinding::severity));
        return List.copyOf(findings);
    }
}
