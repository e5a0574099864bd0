package io.idagent.crash;

import io.idagent.conversion.Conversions;
import io.idagent.conversion.JournalEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The journals below a state directory, in words. */
final class Journals {

    private Journals() {}

    /** @return for each conversion, newest first, what its journal ends with; @throws IOException if one cannot be read */
    static List<String> lastEntries(Path stateDirectory) throws IOException {
        return new Conversions(stateDirectory)
                .all().stream().map(record -> inWords(record.last())).toList();
    }

    static boolean isClosed(String lastEntry) {
        return lastEntry.startsWith("closed");
    }

    private static String inWords(JournalEntry entry) {
        if (entry instanceof JournalEntry.Started started) {
            return "begun " + started.step();
        }
        if (entry instanceof JournalEntry.Done done) {
            return "done " + done.step();
        }
        if (entry instanceof JournalEntry.Closed closed) {
            return "closed " + closed.outcome().result();
        }
        return entry instanceof JournalEntry.Undoing ? "undoing" : "opened";
    }
}
