package io.idagent.cli;

import io.idagent.agent.StatusDocument;
import io.idagent.conversion.ConversionPlan;
import io.idagent.conversion.Step;
import io.idagent.ownership.Tally;
import java.util.List;
import java.util.Optional;

/**
 * What {@code plan} says, as the JSON document that the README describes.
 *
 * @param exitCode what {@code --convert-now} would end with now, as far as it can be told
 * @param plan empty if nothing would be done
 * @param filesToChange in the roots
 * @param outside files outside the roots with the number that would be given up; they stay as they are
 * @param libvirtDownSeconds an estimate
 * @param recovers the conversion that was cut off and would be finished first
 */
record PlanDocument(
        int format,
        int exitCode,
        String sentence,
        Optional<ConversionPlan> plan,
        List<Step> steps,
        long filesToChange,
        Optional<Tally> outside,
        Optional<Double> libvirtDownSeconds,
        Optional<String> recovers,
        StatusDocument status) {}
