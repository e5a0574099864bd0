package io.idagent.cli;

import io.idagent.conversion.ConversionPlan;
import io.idagent.conversion.Step;
import io.idagent.ownership.Tally;
import java.util.Locale;

/** What would be done, for a person. */
final class PlanText {

    private PlanText() {}

    static String of(PlanDocument document) {
        StringBuilder text = new StringBuilder(StatusText.verdict(document.status()));
        document.recovers().ifPresent(id -> text.append("\nThe conversion ")
                .append(id)
                .append(" was cut off and would be finished, or undone, first.\n"));
        if (document.plan().isEmpty()) {
            text.append("\nNothing would be done now.\n");
            return text.toString();
        }
        ConversionPlan plan = document.plan().get();
        text.append("\nWhat would be done (this is a dry run; nothing was changed):\n");
        for (Step step : document.steps()) {
            text.append("  ")
                    .append(step.doing())
                    .append(detail(step, plan, document))
                    .append('\n');
        }
        document.libvirtDownSeconds()
                .ifPresent(seconds -> text.append(String.format(
                        Locale.ROOT,
                        "%nlibvirt would be down for about %.0f s; running guests are not touched.%n",
                        seconds)));
        document.outside().filter(outside -> outside.files() > 0).ifPresent(outside -> {
            text.append("\n")
                    .append(Tally.inWords(outside.files()))
                    .append(" outside the roots with a number that is given up, which would be left alone:\n");
            outside.firstPaths().forEach(path -> text.append("  ").append(path).append('\n'));
            text.append("  -> if they are the account's, add their directory to idagent.additional-roots\n");
        });
        return text.toString();
    }

    private static String detail(Step step, ConversionPlan plan, PlanDocument document) {
        StringBuilder text = new StringBuilder();
        switch (step) {
            case CLOSE_LIBVIRT, OPEN_LIBVIRT -> {
                if (!plan.libvirt().wereUp().isEmpty()) {
                    text.append(": ").append(String.join(", ", plan.libvirt().wereUp()));
                }
                if (!plan.libvirt().dependents().isEmpty()) {
                    text.append(", and along with them ")
                            .append(String.join(", ", plan.libvirt().dependents()));
                }
            }
            case CHANGE_IDS -> {
                text.append(": ").append(plan.changesInWords());
                if (plan.reservations().wanted()) {
                    text.append("; the old numbers stay reserved while files carry them");
                }
            }
            case CHANGE_OWNERS -> text.append(": ").append(Tally.inWords(document.filesToChange()));
            case INVENTORY, LOOK_AGAIN, HOLD_NUMBERS, PROVE -> {
                // Their names say it all.
            }
        }
        return text.toString();
    }
}
