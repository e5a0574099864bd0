package io.idagent.cli;

import io.idagent.conversion.ConversionOutcome;

/** What came of a conversion, for a person. */
final class OutcomeText {

    private OutcomeText() {}

    static String of(ConversionOutcome outcome) {
        StringBuilder text = new StringBuilder();
        text.append('\n')
                .append(word(outcome.result()))
                .append(": ")
                .append(outcome.sentence())
                .append(".\n");
        row(text, "changed", outcome.filesChanged() + " files");
        row(text, "libvirt", "down for " + Units.seconds(outcome.libvirtDown()));
        outcome.outside().filter(outside -> outside.files() > 0).ifPresent(outside -> {
            row(
                    text,
                    "outside",
                    outside.files() + " files outside the roots carry the number given up; they were left:");
            outside.firstPaths().forEach(path -> row(text, "", "  " + path));
        });
        if (outcome.leftovers() > 0) {
            row(text, "left", outcome.leftovers() + " files still carry former numbers");
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
        text.append(String.format("  %-9s %s%n", label, value));
    }
}
