package io.idagent.ownership;

import io.idagent.platform.DirectoryEntries;
import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.LibC;
import io.idagent.platform.NameServiceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at one entry after the other, at its owner and its attributes, for one thread. */
final class EntryLook {

    private final LibC libC;
    private final WalkContext walk;
    private final Findings findings;
    private final Descriptors descriptors;
    private final Pace pace;
    private final AttributeLook attributes;
    private final OwnerCheck owners;
    private final FileStatus status = new FileStatus();
    private boolean hasOwnDirectory;
    private boolean isInDirectory;

    EntryLook(WalkContext walk, Descriptors descriptors, Pace pace) {
        this.libC = walk.libC();
        this.walk = walk;
        this.findings = walk.findings();
        this.descriptors = descriptors;
        this.pace = pace;
        this.attributes = new AttributeLook(libC, walk.attributeRules(), walk.boot());
        this.owners = new OwnerCheck(findings);
    }

    AttributeLook attributes() {
        return attributes;
    }

    /** To be called by the thread itself: attributes are listed at a third of the cost from the directory they lie in. */
    void unshareWorkingDirectory() {
        hasOwnDirectory = libC.unshareWorkingDirectory() == 0;
    }

    /** A thread may end a little after others believe it has: it must not keep a file system busy. */
    void leaveWorkingDirectory() {
        if (hasOwnDirectory) {
            libC.fchdir(walk.base().descriptor());
        }
    }

    /** What follows are entries of that directory. */
    void goTo(WalkLevel level) {
        isInDirectory = hasOwnDirectory && level.hasAttributes && libC.fchdir(level.descriptor()) == 0;
    }

    void flushCount() {
        owners.flushCount();
    }

    /** @return whether it is a directory although the directory above did not say so */
    boolean entry(WalkLevel level, DirectoryEntries entries) throws IOException, NameServiceException {
        TreeMarks marks = level.marks == null ? null : level.marks.child(entries.name());
        if (TreeMarks.isExcluded(marks)) {
            return false;
        }
        int flags = level.place.isShared() ? LibC.AT_STATX_DONT_SYNC : 0;
        int failure = libC.statx(level.descriptor(), entries, flags, status);
        pace.tick();
        if (failure < 0) {
            failed(level.node.child(entries.name()), -failure);
            return false;
        }
        if (entries.isOfUnknownType() && status.type() == FileType.DIRECTORY) {
            return true;
        }
        // Without its own mark, in the same mount, of no concern: nearly every file ends here.
        boolean adopts = TreeMarks.adoptsOrphans(marks, level.adopts);
        TreeMarks.visit(marks);
        owners.count();
        if (status.hasMountId() && status.mountId() == level.place.mountId()) {
            if (level.hasAttributes && hasAttributes(level, entries)) {
                pin(level, entries, adopts);
            } else if (owners.concern(status, adopts)) {
                owner(level, entries, flags, adopts);
            }
        } else if (walk.places().of(status, level.node.child(entries.name())).isPresent()) {
            pin(level, entries, adopts);
        }
        return false;
    }

    private boolean hasAttributes(WalkLevel level, DirectoryEntries entries) {
        if (status.type() == FileType.SYMBOLIC_LINK) {
            return false;
        }
        return isInDirectory ? attributes.mayConcern(entries) : attributes.mayConcern(level.descriptor(), entries);
    }

    private void owner(WalkLevel level, DirectoryEntries entries, int flags, boolean adopts)
            throws IOException, NameServiceException {
        PathNode node = level.node.child(entries.name());
        if (flags != 0) {
            // What the client remembered may be old.
            int failure = libC.statx(level.descriptor(), entries, 0, status);
            if (failure < 0) {
                failed(node, -failure);
                return;
            }
        }
        record(node, level.place, adopts, List.of());
    }

    /** Looks at an entry again, at its attributes too. What is found so belongs to one file, whatever its name becomes. */
    private void pin(WalkLevel level, DirectoryEntries entries, boolean adopts)
            throws IOException, NameServiceException {
        PathNode node = level.node.child(entries.name());
        int pin = descriptors.pin(level.descriptor(), entries.name());
        if (pin < 0) {
            failed(node, -pin);
            return;
        }
        try {
            int failure = libC.statx(pin, 0, status);
            Optional<Place> place =
                    failure < 0 ? Optional.empty() : walk.places().of(status, node);
            if (failure < 0) {
                failed(node, -failure);
            } else if (place.isPresent()) {
                recordPinned(pin, status, node, place.get(), adopts);
            }
        } finally {
            libC.close(pin);
        }
    }

    /** Looks at an entry that the caller has pinned, or a directory that he has opened, and at which he has looked. */
    void pinned(int pin, FileStatus seen, PathNode node, Place place, boolean adopts)
            throws IOException, NameServiceException {
        owners.count();
        recordPinned(pin, seen, node, place, adopts);
    }

    private void recordPinned(int pin, FileStatus seen, PathNode node, Place place, boolean adopts)
            throws IOException, NameServiceException {
        List<FoundAttribute> found = new ArrayList<>();
        boolean mayHave = place.mayHaveAttributes() && seen.type() != FileType.SYMBOLIC_LINK;
        if (mayHave && attributes.mayConcern(pin)) {
            int failure = attributes.read(pin, found);
            if (failure < 0) {
                findings.error(node.path(), -failure, "cannot read the attributes of");
            }
        }
        if (!found.isEmpty() || owners.concern(seen, adopts)) {
            record(seen, node, place, adopts, found);
        }
    }

    private void record(PathNode node, Place place, boolean adopts, List<FoundAttribute> found)
            throws IOException, NameServiceException {
        record(status, node, place, adopts, found);
    }

    private void record(FileStatus seen, PathNode node, Place place, boolean adopts, List<FoundAttribute> found)
            throws IOException, NameServiceException {
        // Others may be asking a name service, or the sink a disk.
        pace.pause();
        findings.record(seen, node, place, adopts, found);
        pace.start();
    }

    /** An entry of a directory that could not be opened, or not be looked at. */
    void notEntered(FileStatus seen, PathNode node, Place place, boolean adopts)
            throws IOException, NameServiceException {
        owners.count();
        if (owners.concern(seen, adopts)) {
            record(seen, node, place, adopts, List.of());
        }
    }

    private void failed(PathNode node, int errno) {
        if (errno != Errno.ENOENT) {
            findings.error(node.path(), errno, "cannot look at");
        }
    }
}
