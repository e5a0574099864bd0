package io.idagent.ownership;

import io.idagent.platform.Errno;
import java.util.List;

/** What became of one hit. Each text is a sentence for a person, with the path in it. */
public sealed interface ChangeOutcome {

    /**
     * @param notes what was put back after the kernel had cleared it, and what was not for safety's sake; mostly empty
     * @param losses what could not be put back
     */
    record Changed(List<String> notes, List<String> losses) implements ChangeOutcome {

        static final Changed SILENTLY = new Changed(List.of(), List.of());

        public Changed {
            notes = List.copyOf(notes);
            losses = List.copyOf(losses);
        }

        boolean isSilent() {
            return notes.isEmpty() && losses.isEmpty();
        }
    }

    /** It had the wanted owner; nothing was done. */
    record AlreadyDone() implements ChangeOutcome {}

    /** There is nothing under that name any more. */
    record Gone() implements ChangeOutcome {}

    /** Something else is there now, or somebody else has changed its owner; it was not touched. */
    record Replaced(String sentence) implements ChangeOutcome {}

    /** @param errno such as "EPERM" */
    record Failed(String errno, String sentence) implements ChangeOutcome {}

    /** @param what "cannot change the owner of ..." */
    static Failed failed(String what, int errno) {
        return new Failed(Errno.name(errno), what + ": " + Errno.text(errno));
    }
}
