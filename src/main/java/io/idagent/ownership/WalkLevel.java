package io.idagent.ownership;

import java.util.ArrayList;
import java.util.List;

/** A directory that is being walked: open, and read, with subdirectories still to enter. */
final class WalkLevel {
    final int descriptor;
    final PathNode node;
    final TreeMarks marks;
    final boolean adopts;
    final Place place;
    /** Whether files here can have attributes of interest. */
    final boolean hasAttributes;

    final List<byte[]> subdirectories = new ArrayList<>();
    int entered;

    WalkLevel(int descriptor, PathNode node, TreeMarks marks, boolean adopts, Place place, boolean hasAttributes) {
        this.descriptor = descriptor;
        this.node = node;
        this.marks = marks;
        this.adopts = adopts;
        this.place = place;
        this.hasAttributes = hasAttributes;
    }

    boolean isDone() {
        return entered == subdirectories.size();
    }

    byte[] nextSubdirectory() {
        return subdirectories.set(entered++, null);
    }
}
