package io.idagent.ownership;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A directory that is being walked. It stays open as long as somebody reads it, or looks at a part of it, or has to enter
 * a subdirectory. What changes is guarded by the {@link WorkStack}.
 */
final class WalkLevel {

    /** So many subdirectories are known and not entered, at most (and those of one part of the directory more). */
    private static final int MOST_NAMES = 4096;

    static final int PARKED = -1;

    final PathNode node;
    final TreeMarks marks;
    final boolean adopts;
    /** What holds in its subdirectories. */
    final boolean adoptsBelow;

    final Place place;
    final FileIdentity identity;
    /** Whether files here can have attributes of interest. */
    final boolean hasAttributes;

    private final Deque<byte[]> subdirectories = new ArrayDeque<>();
    private volatile int descriptor;
    // Whoever opens a directory reads it.
    private int users = 1;
    private boolean isBeingRead = true;
    private boolean isReadToItsEnd;

    WalkLevel(
            int descriptor,
            PathNode node,
            TreeMarks marks,
            boolean adopts,
            boolean adoptsBelow,
            Place place,
            FileIdentity identity,
            boolean hasAttributes) {
        this.descriptor = descriptor;
        this.node = node;
        this.marks = marks;
        this.adopts = adopts;
        this.adoptsBelow = adoptsBelow;
        this.place = place;
        this.identity = identity;
        this.hasAttributes = hasAttributes;
    }

    /** Only for those who use it. */
    int descriptor() {
        return descriptor;
    }

    void descriptor(int reopened) {
        descriptor = reopened;
    }

    void use() {
        users++;
    }

    /** @return whether nobody needs it any more */
    boolean unuse() {
        users--;
        return users == 0 && isReadToItsEnd && subdirectories.isEmpty();
    }

    boolean isUsed() {
        return users > 0;
    }

    void add(List<byte[]> names) {
        subdirectories.addAll(names);
    }

    byte[] pollSubdirectory() {
        return subdirectories.poll();
    }

    int dropSubdirectories() {
        int dropped = subdirectories.size();
        subdirectories.clear();
        return dropped;
    }

    boolean hasSubdirectories() {
        return !subdirectories.isEmpty();
    }

    boolean hasManySubdirectories() {
        return subdirectories.size() >= MOST_NAMES;
    }

    boolean waitsForReading() {
        return !isReadToItsEnd && !isBeingRead;
    }

    void startReading() {
        users++;
        isBeingRead = true;
    }

    /** @return whether nobody needs it any more */
    boolean stopReading(boolean atEnd) {
        isBeingRead = false;
        isReadToItsEnd = atEnd;
        return unuse();
    }

    /** Whether its descriptor can be closed for a while. */
    boolean canBeParked() {
        return users == 0 && isReadToItsEnd && descriptor != PARKED && !subdirectories.isEmpty();
    }
}
