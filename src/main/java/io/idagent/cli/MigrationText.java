package io.idagent.cli;

import io.idagent.migration.MigrationFinding;
import io.idagent.platform.Printable;
import java.util.Locale;

/** The same as {@link MigrationDocument} for a person: a row for each finding, and below it why and what to do. */
final class MigrationText {

    private MigrationText() {}

    static String of(MigrationDocument document) {
        StringBuilder text = new StringBuilder();
        String sentence = Printable.line(document.sentence());
        text.append(Character.toUpperCase(sentence.charAt(0)))
                .append(sentence.substring(1))
                .append('\n');
        if (document.findings().isEmpty()) {
            return text.toString();
        }
        int width = document.findings().stream()
                .mapToInt(finding -> domain(finding).length())
                .max()
                .orElse(0);
        String row = "%n  %-8s %-" + width + "s  %s: %s%n";
        String more = "  %-8s %-" + width + "s    %s%n";
        for (MigrationFinding finding : document.findings()) {
            text.append(String.format(
                    row,
                    finding.severity().name().toLowerCase(Locale.ROOT),
                    domain(finding),
                    finding.kind(),
                    Printable.line(finding.sentence())));
            text.append(String.format(more, "", "", Printable.line(finding.why())));
            text.append(String.format(more, "", "", "-> " + Printable.line(finding.mend())));
        }
        return text.toString();
    }

    private static String domain(MigrationFinding finding) {
        return Printable.line(finding.domain().orElse("(host)"));
    }
}
