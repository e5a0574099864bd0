package io.idagent.conversion;

import io.idagent.ownership.Tally;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a conversion ended.
 *
 * @param sentence the same for a person, with what to do where something is left
 * @param filesChanged owners changed; in an outcome that was undone, owners given back
 * @param problems files that could not be changed, each with the reason; the first {@link #LISTED}, then how many more
 * @param leftovers files that still carry a former id
 * @param outside files outside the roots that carry the number given up
 * @param notes what a person should know beside; cut off likewise
 * @param journal the folder with the record of it
 */
public record ConversionOutcome(
        Result result,
        String sentence,
        Duration duration,
        Duration libvirtDown,
        long filesChanged,
        List<String> problems,
        long leftovers,
        Optional<Tally> outside,
        List<String> notes,
        Optional<Path> journal) {

    public static final int LISTED = 20;

    public ConversionOutcome {
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
    }

    /** Only what is a number or a word of ours: no path, no name. */
    public ConversionOutcome withoutTexts() {
        return new ConversionOutcome(
                result,
                "",
                duration,
                libvirtDown,
                filesChanged,
                List.of(),
                leftovers,
                outside.map(tally -> new Tally(tally.files(), tally.bytes(), List.of())),
                List.of(),
                Optional.empty());
    }

    public enum Result {
        /** Done and proved; {@link #leftovers} may remain. */
        DONE,
        /** Something that forbids it turned up between the look and the change; all is as before. */
        BLOCKED,
        /** It failed; all is as before. */
        UNDONE,
        /** It failed behind the point of no return; the next run carries it to its end. */
        UNFINISHED;

        /** As metrics name it. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
