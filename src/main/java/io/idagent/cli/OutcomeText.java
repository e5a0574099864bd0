package io.idagent.cli;

import io.idagent.conversion.ConversionOutcome;
import io.idagent.ownership.Tally;
import io.idagent.platform.Printable;

/** What came of a conversion, for a person. */
final class OutcomeText {

    private OutcomeText() {}

    static String of(ConversionOutcome outcome) {
        StringBuilder text = new StringBuilder();
        text.append('\n')
                .append(word(outcome.result()))
                .append(": ")
                .append(Printable.line(outcome.sentence()))
                .append(".\n");
        if (outcome.result() == ConversionOutcome.Result.DONE || outcome.filesChanged() > 0) {
            row(text, "changed", Tally.inWords(outcome.filesChanged()));
        }
        if (!outcome.libvirtDown().isZero()) {
            row(text, "libvirt", "down for " + Units.seconds(outcome.libvirtDown()));
        }
        outcome.outside().filter(outside -> outside.files() > 0).ifPresent(outside -> {
            row(
                    text,
                    "outside",
                    Tally.inWords(outside.files()) + " outside the roots with the number given up; left as it was:");
            outside.firstPaths().forEach(path -> row(text, "", "  " + path));
        });
        if (outcome.leftovers() > 0) {
            row(text, "left", Tally.inWords(outcome.leftovers()) + " with former numbers");
        }
        outcome.problems().forEach(problem -> row(text, "problem", problem));
        outcome.notes().forEach(note -> row(text, "note", note));
        outcome.journal().ifPresent(journal -> row(text, "journal", journal.toString()));
        return text.toString();
    }

    private static String word(ConversionOutcome.Result result) {
        return switch (result) {
            case DONE -> "Done";
            case BLOCKED -> "Blocked";
            case UNDONE -> "Failed";
            case UNFINISHED -> "Not finished";
        };
    }

    private static void row(StringBuilder text, String label, String value) {
        text.append(String.format("  %-9s %s%n", label, Printable.line(value)));
    }
}
