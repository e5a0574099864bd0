package io.idagent.ownership;

import io.idagent.platform.DirectoryEntries;
import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.LibC;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.OpenFlags;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Goes through a tree, directory by directory, each opened relative to the one above and looked at through its own
 * descriptor; never by a path, never through "..".
 *
 * <p>A directory is read to its end before its subdirectories are entered, so one buffer serves all; only the names of
 * subdirectories are kept. A descriptor is held as long as there are subdirectories left to enter, so a chain of any depth
 * needs one, and the most that is ever needed is one a level.
 */
final class TreeWalk implements AutoCloseable {

    private static final byte[] SELF = {'.'};

    private static final int READ_DIRECTORY = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC;

    private final LibC libC;
    private final Places places;
    private final Findings findings;
    private final AttributeLook attributes;
    /** By mount id: a file system without attributes is asked once. */
    private final Map<Long, Boolean> attributesByMount = new HashMap<>();

    private final FileStatus status = new FileStatus();
    private final DirectoryEntries entries = new DirectoryEntries();
    private final Deque<WalkLevel> levels = new ArrayDeque<>();
    // Reading must not change times. The kernel allows this to the owner and to CAP_FOWNER only.
    private int noAtime = OpenFlags.O_NOATIME;

    TreeWalk(LibC libC, Places places, Findings findings, AttributeLook attributes) {
        this.libC = libC;
        this.places = places;
        this.findings = findings;
        this.attributes = attributes;
    }

    /** Walks from a pinned root, which may be a file. The pin stays the caller's. */
    void from(int pin, PathNode node, TreeMarks marks) throws IOException, NameServiceException {
        enterPinned(pin, node, marks, false);
        while (!levels.isEmpty()) {
            WalkLevel level = levels.peek();
            if (level.isDone()) {
                leave(level);
                continue;
            }
            descend(level, level.nextSubdirectory());
        }
    }

    @Override
    public void close() {
        levels.forEach(level -> libC.close(level.descriptor));
        levels.clear();
    }

    private void leave(WalkLevel level) {
        levels.remove(level);
        libC.close(level.descriptor);
    }

    private void descend(WalkLevel above, byte[] name) throws IOException, NameServiceException {
        PathNode node = above.node.child(name);
        TreeMarks marks = above.marks == null ? null : above.marks.child(name);
        // Opening a directory would start an automount, even with RESOLVE_NO_XDEV (before Linux 6.18); looking does
        // not.
        int failure = libC.statx(above.descriptor, name, status);
        boolean isInSameMount = failure == 0 && status.mountId() == above.place.mountId();
        int descriptor = isInSameMount ? openWithinMount(above.descriptor, name) : -Errno.EXDEV;
        boolean needsPin = descriptor == -Errno.EXDEV || descriptor == -Errno.ENOSYS || descriptor == -Errno.EPERM;
        int pin = needsPin ? libC.openat(above.descriptor, name, OpenFlags.PIN) : descriptor;
        boolean adoptsAbove = above.adopts;
        if (pin < 0) {
            cannotEnter(above, name, node, marks, -pin);
        }
        // The last one to be entered: nothing is opened relative to the one above any more.
        if (above.isDone()) {
            leave(above);
        }
        if (pin < 0) {
            return;
        }
        if (!needsPin) {
            enter(descriptor, node, marks, adoptsAbove);
            return;
        }
        try {
            enterPinned(pin, node, marks, adoptsAbove);
        } finally {
            libC.close(pin);
        }
    }

    /** EXDEV if something has been mounted there meanwhile. */
    private int openWithinMount(int directory, byte[] name) {
        long resolve = OpenFlags.RESOLVE_NO_XDEV | OpenFlags.RESOLVE_NO_SYMLINKS;
        int flags = READ_DIRECTORY | OpenFlags.O_NOFOLLOW;
        int descriptor = libC.openat2(directory, name, flags | noAtime, resolve);
        if (descriptor == -Errno.EPERM && noAtime != 0) {
            descriptor = libC.openat2(directory, name, flags, resolve);
            dropNoAtime(descriptor);
        }
        return descriptor;
    }

    private int readPinned(int pin) {
        int descriptor = libC.openat(pin, SELF, READ_DIRECTORY | noAtime);
        if (descriptor == -Errno.EPERM && noAtime != 0) {
            descriptor = libC.openat(pin, SELF, READ_DIRECTORY);
            dropNoAtime(descriptor);
        }
        return descriptor;
    }

    private void dropNoAtime(int descriptor) {
        if (descriptor >= 0) {
            noAtime = 0;
        }
    }

    /** A root, or a mount point: what lies there decides whether it is opened at all. */
    private void enterPinned(int pin, PathNode node, TreeMarks marks, boolean adoptsAbove)
            throws IOException, NameServiceException {
        TreeMarks.visit(marks);
        // Which mount it is can be told without asking a server that may be dead.
        int failure = libC.statx(pin, LibC.AT_STATX_DONT_SYNC, status);
        if (failure < 0) {
            findings.error(node.path(), -failure, "cannot look at");
            return;
        }
        Optional<Place> place = places.of(status, node);
        if (place.isEmpty()) {
            return;
        }
        failure = place.get().isShared() ? libC.statx(pin, 0, status) : 0;
        if (failure < 0) {
            findings.error(node.path(), -failure, "cannot look at");
            return;
        }
        if (status.type() != FileType.DIRECTORY) {
            lookPinned(pin, node, place.get(), TreeMarks.adoptsOrphans(marks, adoptsAbove));
            return;
        }
        int descriptor = readPinned(pin);
        if (descriptor < 0) {
            lookPinned(pin, node, place.get(), TreeMarks.adoptsOrphans(marks, adoptsAbove));
            findings.error(node.path(), -descriptor, "cannot read the directory");
            return;
        }
        enter(descriptor, node, marks, adoptsAbove);
    }

    /** Looks at an opened directory and reads it. Takes the descriptor. */
    private void enter(int descriptor, PathNode node, TreeMarks marks, boolean adoptsAbove)
            throws IOException, NameServiceException {
        TreeMarks.visit(marks);
        boolean adopts = TreeMarks.adoptsOrphans(marks, adoptsAbove);
        int failure = libC.statx(descriptor, 0, status);
        Optional<Place> place = failure < 0 ? Optional.empty() : places.of(status, node);
        if (place.isEmpty()) {
            libC.close(descriptor);
            if (failure < 0) {
                findings.error(node.path(), -failure, "cannot look at");
            }
            return;
        }
        WalkLevel level =
                new WalkLevel(descriptor, node, marks, adopts, place.get(), haveAttributes(place.get(), descriptor));
        levels.push(level);
        lookPinned(descriptor, node, level.place, adopts);
        read(level);
    }

    private void read(WalkLevel level) throws IOException, NameServiceException {
        int length;
        while ((length = libC.getdents64(level.descriptor, entries)) > 0) {
            while (entries.next()) {
                entry(level);
            }
        }
        if (length < 0 && length != -Errno.ENOENT) {
            findings.error(level.node.path(), -length, "cannot read the directory");
        }
    }

    private void entry(WalkLevel level) throws IOException, NameServiceException {
        TreeMarks marks = level.marks == null ? null : level.marks.child(entries.name());
        if (TreeMarks.isExcluded(marks)) {
            return;
        }
        if (entries.isDirectory()) {
            level.subdirectories.add(entries.name());
            return;
        }
        int flags = level.place.isShared() ? LibC.AT_STATX_DONT_SYNC : 0;
        int failure = libC.statx(level.descriptor, entries, flags, status);
        if (failure < 0) {
            lookFailed(level.node.child(entries.name()), -failure);
            return;
        }
        if (entries.isOfUnknownType() && status.type() == FileType.DIRECTORY) {
            level.subdirectories.add(entries.name());
            return;
        }
        // Without its own mark, in the same mount, of no concern: nearly every file ends here.
        boolean adopts = TreeMarks.adoptsOrphans(marks, level.adopts);
        TreeMarks.visit(marks);
        if (status.hasMountId() && status.mountId() == level.place.mountId()) {
            findings.count();
            if (level.hasAttributes && attributes.mayConcern(level.descriptor, entries)) {
                pinEntry(level, adopts);
            } else if (findings.concern(status, adopts)) {
                record(level, flags, adopts);
            }
            return;
        }
        if (places.of(status, level.node.child(entries.name())).isPresent()) {
            findings.count();
            pinEntry(level, adopts);
        }
    }

    /** Looks at an entry again, at its attributes too. What is found so belongs to one file, whatever its name becomes. */
    private void pinEntry(WalkLevel level, boolean adopts) throws IOException, NameServiceException {
        PathNode node = level.node.child(entries.name());
        int pin = libC.openat(level.descriptor, entries.name(), OpenFlags.PIN);
        if (pin < 0) {
            lookFailed(node, -pin);
            return;
        }
        try {
            int failure = libC.statx(pin, 0, status);
            if (failure < 0) {
                lookFailed(node, -failure);
                return;
            }
            Optional<Place> place = places.of(status, node);
            if (place.isPresent()) {
                record(pin, node, place.get(), adopts);
            }
        } finally {
            libC.close(pin);
        }
    }

    private void lookPinned(int pin, PathNode node, Place place, boolean adopts)
            throws IOException, NameServiceException {
        findings.count();
        record(pin, node, place, adopts);
    }

    /** The status is that of the pin. */
    private void record(int pin, PathNode node, Place place, boolean adopts) throws IOException, NameServiceException {
        List<FoundAttribute> found = new ArrayList<>();
        if (place.mayHaveAttributes() && status.type() != FileType.SYMBOLIC_LINK && attributes.mayConcern(pin)) {
            int failure = attributes.read(pin, found);
            if (failure < 0) {
                findings.error(node.path(), -failure, "cannot read the attributes of");
            }
        }
        if (!found.isEmpty() || findings.concern(status, adopts)) {
            findings.record(status, node, place, adopts, found);
        }
    }

    private boolean haveAttributes(Place place, int directory) {
        return place.mayHaveAttributes()
                && attributesByMount.computeIfAbsent(place.mountId(), id -> attributes.isSupported(directory));
    }

    private void record(WalkLevel level, int flags, boolean adopts) throws IOException, NameServiceException {
        PathNode node = level.node.child(entries.name());
        if (flags != 0) {
            // What the client remembered may be old.
            int failure = libC.statx(level.descriptor, entries, 0, status);
            if (failure < 0) {
                lookFailed(node, -failure);
                return;
            }
        }
        findings.record(status, node, level.place, adopts, List.of());
    }

    private void look(PathNode node, Place place, boolean adopts) throws IOException, NameServiceException {
        findings.count();
        if (findings.concern(status, adopts)) {
            findings.record(status, node, place, adopts, List.of());
        }
    }

    private void lookFailed(PathNode node, int errno) {
        if (errno != Errno.ENOENT) {
            findings.error(node.path(), errno, "cannot look at");
        }
    }

    /** Its content stays unknown, but its own owner can be seen; and what was a directory may be a file by now. */
    private void cannotEnter(WalkLevel above, byte[] name, PathNode node, TreeMarks marks, int errno)
            throws IOException, NameServiceException {
        int failure = libC.statx(above.descriptor, name, status);
        if (errno == Errno.ENOENT || failure == -Errno.ENOENT) {
            return;
        }
        if (failure < 0) {
            findings.error(node.path(), -failure, "cannot look at");
            return;
        }
        TreeMarks.visit(marks);
        boolean isDirectory = status.type() == FileType.DIRECTORY;
        Optional<Place> place = places.of(status, node);
        if (place.isPresent()) {
            look(node, place.get(), TreeMarks.adoptsOrphans(marks, above.adopts));
            if (isDirectory) {
                findings.error(node.path(), errno, "cannot read the directory");
            }
        }
    }
}
