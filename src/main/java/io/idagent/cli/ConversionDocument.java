package io.idagent.cli;

import io.idagent.agent.StatusDocument;
import io.idagent.conversion.ConversionOutcome;
import java.util.List;

/**
 * What {@code --convert-now} and {@code --rollback} say, as the JSON document that the README describes.
 *
 * @param exitCode the same as of the command
 * @param conversions what was carried out, in order: a recovery may come before a conversion
 * @param status of the host as it is afterwards, or as it was found if nothing was done
 */
record ConversionDocument(
        int format, int exitCode, String sentence, List<ConversionOutcome> conversions, StatusDocument status) {}
