package io.idagent.conversion;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to be done about a conversion that was cut off, read from its journal alone.
 *
 * @param steps those that remain, or those that are to be taken back, in the order of a conversion
 */
record Recovery(Direction direction, List<Step> steps, String why) {

    enum Direction {
        FORWARD,
        BACK
    }

    static Recovery of(Conversions.Record record) {
        List<Step> started = new ArrayList<>();
        boolean undoing = false;
        String why = "it was cut off before anything was changed";
        for (JournalEntry entry : record.entries()) {
            if (entry instanceof JournalEntry.Started step && !started.contains(step.step())) {
                started.add(step.step());
            } else if (entry instanceof JournalEntry.Undoing undo) {
                undoing = true;
                why = undo.why();
            }
        }
        ConversionPlan plan = record.plan();
        if (undoing || (plan.kind().changesIds() && !started.contains(Step.POINT_OF_NO_RETURN))) {
            // A system that does not run has no services, although it may have had some when its journal was written.
            List<Step> begun = started.stream().filter(plan.steps()::contains).toList();
            return new Recovery(Direction.BACK, begun, why);
        }
        return new Recovery(Direction.FORWARD, remaining(plan, started), why);
    }

    /**
     * Steps are repeated rather than left out: libvirt was closed and the account files were locked by a process that is
     * gone, and a reboot may lie between.
     */
    private static List<Step> remaining(ConversionPlan plan, List<Step> started) {
        boolean ownersDone = started.contains(Step.OPEN_LIBVIRT);
        boolean listed = started.stream().anyMatch(step -> step.compareTo(Step.INVENTORY) > 0);
        return plan.steps().stream()
                .filter(step -> !(listed && step == Step.INVENTORY))
                .filter(step -> !ownersDone || step.compareTo(Step.OPEN_LIBVIRT) >= 0)
                .toList();
    }
}
