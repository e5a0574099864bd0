package io.idagent.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code evacuate} says, as the JSON document that the README describes.
 *
 * @param stayed why, by name
 * @param conversion of the host that is empty now, if one was asked for
 */
record EvacuationDocument(
        int format,
        int exitCode,
        String sentence,
        List<String> moved,
        Map<String, String> stayed,
        List<String> problems,
        Optional<Object> conversion) {

    EvacuationDocument with(Object document) {
        int code = document instanceof ConversionDocument converted ? converted.exitCode() : exitCode;
        return new EvacuationDocument(format, code, sentence, moved, stayed, problems, Optional.of(document));
    }
}
