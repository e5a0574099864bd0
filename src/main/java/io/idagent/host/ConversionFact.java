package io.idagent.host;

import java.time.Instant;

/** What the conversions of this host have come to, as far as it decides what may be done now. */
public sealed interface ConversionFact {

    /** None is under way, and the last one, if there was one, ended well. */
    record Idle() implements ConversionFact {}

    record Running() implements ConversionFact {}

    /** @param id of the one that was cut off */
    record Interrupted(String id, Instant since) implements ConversionFact {}

    /** The last one failed and was undone. */
    record Failed(String id, Instant at, String why) implements ConversionFact {}

    /** The last one was taken back because somebody asked for it. */
    record RolledBack(String id, Instant at) implements ConversionFact {}
}
