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
        look.goTo(level);
        try {
            while (!atEnd && goesOn.getAsBoolean() && !work.hasManySubdirectories(level)) {
                int length = libC.getdents64(level.descriptor(), entries);
                pace.tick();
                atEnd = length <= 0;
                if (length < 0 && length != -Errno.ENOENT) {
                    findings.error(level.node.path(), -length, "cannot read the directory");
                }
                findSubdirectories(level);
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

    /** Before anything else: others can enter them meanwhile. */
    private void findSubdirectories(WalkLevel level) {
        List<byte[]> subdirectories = new ArrayList<>();
        while (entries.next()) {
            if (entries.isDirectory() && !isExcluded(level)) {
                subdirectories.add(entries.name());
            }
        }
        entries.rewind();
        if (!subdirectories.isEmpty()) {
            work.push(level, subdirectories);
        }
    }

    private boolean isExcluded(WalkLevel level) {
        return level.marks != null && TreeMarks.isExcluded(level.marks.child(entries.name()));
    }

    private void lookAtEntries(WalkLevel level) throws IOException, NameServiceException {
        while (entries.next() && goesOn.getAsBoolean()) {
            if (entries.isDirectory()) {
                continue;
            }
            if (work.isHungry()) {
                giveHalf(level);
            }
            if (look.entry(level, entries)) {
                work.push(level, List.of(entries.name()));
            }
        }
    }

    private void giveHalf(WalkLevel level) {
        byte[] half = entries.giveHalf(pace.isSlow() ? 1 : WORTH_GIVING);
        if (half.length > 0) {
            work.push(level, half);
        }
    }
}
