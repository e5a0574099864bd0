package io.idagent.host;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** What the conversions of this host have come to, as far as it decides what may be done now. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "conversion")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ConversionFact.Idle.class, name = "idle"),
    @JsonSubTypes.Type(value = ConversionFact.NotSeen.class, name = "not_seen"),
    @JsonSubTypes.Type(value = ConversionFact.Running.class, name = "running"),
    @JsonSubTypes.Type(value = ConversionFact.Interrupted.class, name = "interrupted"),
    @JsonSubTypes.Type(value = ConversionFact.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = ConversionFact.RolledBack.class, name = "rolled_back")
})
public sealed interface ConversionFact {

    /** None is under way, and the last one, if there was one, ended well. */
    record Idle() implements ConversionFact {}

    /** @param reason why it cannot be known: a journal may lie there that is still open */
    record NotSeen(String reason) implements ConversionFact {}

    record Running() implements ConversionFact {}

    /** @param id of the one that was cut off */
    record Interrupted(String id, Instant since) implements ConversionFact {}

    /** The last one failed and was undone. */
    record Failed(String id, Instant at, String why) implements ConversionFact {}

    /** The last one was taken back because somebody asked for it. */
    record RolledBack(String id, Instant at) implements ConversionFact {}
}
