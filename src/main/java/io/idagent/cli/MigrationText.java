package io.idagent.cli;

import io.idagent.migration.MigrationFinding;
import java.util.Locale;

/** The same as {@link MigrationDocument} for a person: a row for each finding, and below it why and what to do. */
final class MigrationText {

    private MigrationText() {}

    static String of(MigrationDocument document) {
        StringBuilder text = new StringBuilder();
        text.append(Character.toUpperCase(document.sentence().charAt(0)))
                .append(document.sentence().substring(1))
                .append('\n');
        if (document.findings().isEmpty()) {
            return text.toString();
        }
        int width = document.findings().stream()
                .mapToInt(finding -> finding.domain().orElse("(host)").length())
                .max()
                .orElse(0);
        String row = "%n  %-8s %-" + width + "s  %s: %s%n";
        String more = "  %-8s %-" + width + "s    %s%n";
        for (MigrationFinding finding : document.findings()) {
            text.append(String.format(
                    row,
                    finding.severity().name().toLowerCase(Locale.ROOT),
                    finding.domain().orElse("(host)"),
                    finding.kind(),
                    finding.sentence()));
            text.append(String.format(more, "", "", finding.why()));
            text.append(String.format(more, "", "", "-> " + finding.mend()));
        }
        return text.toString();
    }
}
