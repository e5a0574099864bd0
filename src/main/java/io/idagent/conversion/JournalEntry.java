package io.idagent.conversion;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;

/** One line of a {@link Journal}. Each is on the disk before what it announces is done. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JournalEntry.Opened.class, name = "opened"),
    @JsonSubTypes.Type(value = JournalEntry.Started.class, name = "started"),
    @JsonSubTypes.Type(value = JournalEntry.Done.class, name = "done"),
    @JsonSubTypes.Type(value = JournalEntry.Undoing.class, name = "undoing"),
    @JsonSubTypes.Type(value = JournalEntry.Closed.class, name = "closed")
})
public sealed interface JournalEntry {

    Instant at();

    /** The first line: all that is needed to finish the conversion, or to undo it. */
    record Opened(Instant at, int format, ConversionPlan plan) implements JournalEntry {
        public static final int FORMAT = 1;
    }

    /** The step may have had any part of its effect from here on. */
    record Started(Instant at, Step step) implements JournalEntry {}

    record Done(Instant at, Step step) implements JournalEntry {}

    /** From here on the way is back. */
    record Undoing(Instant at, String why) implements JournalEntry {}

    /** The last line: nothing is left to do. */
    record Closed(Instant at, ConversionOutcome outcome) implements JournalEntry {}
}
