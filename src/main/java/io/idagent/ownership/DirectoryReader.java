package io.idagent.ownership;

import io.idagent.platform.DirectoryEntries;
import io.idagent.platform.Errno;
import io.idagent.platform.LibC;
import io.idagent.platform.NameServiceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Reads directories, and has their entries looked at, for one thread; others get their share of a large one. */
final class DirectoryReader {

    /** With less before it, a thread on a quick file system gives nothing away. In bytes; an entry has 24 to 280. */
    private static final int WORTH_GIVING = 8 * 1024;

    private final LibC libC;
    private final WorkStack work;
    private final Places places;
    private final Findings findings;
    private final EntryLook look;
    private final Pace pace;
    private final BooleanSupplier goesOn;
    private final DirectoryEntries entries = new DirectoryEntries();
    private final List<byte[]> subdirectories = new ArrayList<>();
    /** Some of the subdirectories that are known should be entered first. */
    private boolean knowsMany;

    /** @param goesOn whether anybody waits for what this thread does */
    DirectoryReader(WalkContext walk, EntryLook look, Pace pace, BooleanSupplier goesOn) {
        this.libC = walk.libC();
        this.work = walk.work();
        this.places = walk.places();
        this.findings = walk.findings();
        this.look = look;
        this.pace = pace;
        this.goesOn = goesOn;
    }

    /** Reads a directory that is marked as being read, as far as memory for its subdirectories allows at a time. */
    void read(WalkLevel level) throws IOException, NameServiceException {
        boolean atEnd = places.isGivenUp(level.place);
        knowsMany = false;
        look.goTo(level);
        try {
            while (!atEnd && !knowsMany && goesOn.getAsBoolean()) {
                int length = libC.getdents64(level.descriptor(), entries);
                pace.tick();
                atEnd = length <= 0;
                if (length < 0 && length != -Errno.ENOENT) {
                    findings.error(level.node.path(), -length, "cannot read the directory");
                }
                lookAtEntries(level);
            }
        } finally {
            work.stopReading(level, atEnd);
        }
    }

    /** What another thread gave away. */
    void lookAt(WorkStack.LookAt part) throws IOException, NameServiceException {
        entries.fill(part.entries());
        look.goTo(part.level());
        lookAtEntries(part.level());
    }

    /** Others get what there is to do as soon as they have nothing: subdirectories, and half of the entries that are left. */
    private void lookAtEntries(WalkLevel level) throws IOException, NameServiceException {
        subdirectories.clear();
        while (entries.next() && goesOn.getAsBoolean()) {
            if (work.isHungry()) {
                pushSubdirectories(level);
                giveHalf(level);
            }
            boolean isDirectory = entries.isDirectory() ? !isExcluded(level) : look.entry(level, entries);
            if (isDirectory) {
                subdirectories.add(entries.name());
            }
        }
        pushSubdirectories(level);
    }

    private boolean isExcluded(WalkLevel level) {
        return level.marks != null && TreeMarks.isExcluded(level.marks.child(entries.name()));
    }

    private void pushSubdirectories(WalkLevel level) {
        if (!subdirectories.isEmpty()) {
            knowsMany = work.push(level, subdirectories);
            subdirectories.clear();
        }
    }

    private void giveHalf(WalkLevel level) {
        byte[] half = entries.giveHalf(pace.isSlow() ? 1 : WORTH_GIVING);
        if (half.length > 0) {
            work.push(level, half);
        }
    }
}
