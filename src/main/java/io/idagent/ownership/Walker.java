package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.LibC;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One thread of a walk. It opens each directory relative to the one above and looks at it through its own descriptor; never
 * by a path, never through "..".
 */
final class Walker implements Runnable {

    private enum State {
        IDLE,
        BUSY,
        GIVEN_UP
    }

    private final LibC libC;
    private final WalkContext walk;
    private final WorkStack work;
    private final Findings findings;
    private final Places places;
    private final Consumer<Throwable> onFailure;
    private final Pace pace;
    private final Descriptors descriptors;
    private final EntryLook look;
    private final DirectoryReader reader;
    private final PathPin paths;
    private final FileStatus status = new FileStatus();
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private volatile Place place;

    /**
     * @param onSlow called while the file system answers slowly
     * @param onFailure called with what ends the walk
     */
    Walker(WalkContext walk, Runnable onSlow, Consumer<Throwable> onFailure) {
        this.libC = walk.libC();
        this.walk = walk;
        this.work = walk.work();
        this.findings = walk.findings();
        this.places = walk.places();
        this.onFailure = onFailure;
        this.pace = new Pace(libC::waits, onSlow);
        this.descriptors = new Descriptors(libC, work, pace);
        this.look = new EntryLook(walk, descriptors, pace);
        this.reader = new DirectoryReader(walk, look, pace, this::goesOn);
        this.paths = new PathPin(libC);
    }

    @Override
    public void run() {
        look.unshareWorkingDirectory();
        try {
            WorkStack.Task task = work.take();
            while (task != null) {
                state.set(State.BUSY);
                perform(task);
                if (!state.compareAndSet(State.BUSY, State.IDLE)) {
                    return;
                }
                task = work.doneAndTake();
            }
        } catch (Exception | Error failure) {
            onFailure.accept(failure);
        } finally {
            look.leaveWorkingDirectory();
        }
    }

    /** How long the file system has not answered; to be called by another thread. */
    long waitedNanos() {
        return state.get() == State.BUSY ? pace.waitedNanos() : 0;
    }

    /** Where it is; empty on the way to a root. */
    Optional<Place> place() {
        return Optional.ofNullable(place);
    }

    /** @return false if it has come back just now */
    boolean giveUp() {
        return state.compareAndSet(State.BUSY, State.GIVEN_UP);
    }

    /** Whether anybody waits for what it does. */
    boolean goesOn() {
        return state.get() == State.BUSY && !work.isStopped();
    }

    private void perform(WorkStack.Task task) throws IOException, NameServiceException, InterruptedException {
        pace.start();
        try {
            if (task instanceof WorkStack.Errand errand) {
                place = null;
                errand.run(this);
            } else {
                perform((WorkStack.OnLevel) task);
            }
        } finally {
            pace.pause();
            look.flushCount();
        }
    }

    private void perform(WorkStack.OnLevel task) throws IOException, NameServiceException, InterruptedException {
        WalkLevel level = task.level();
        place = level.place;
        boolean isGivenUp = places.isGivenUp(level.place);
        if (isGivenUp) {
            work.dropSubdirectories(level);
        }
        if (task instanceof WorkStack.ReadOn) {
            reader.read(level);
            return;
        }
        boolean later = false;
        try {
            if (isGivenUp) {
                return;
            }
            if (task instanceof WorkStack.Enter enter) {
                later = !descend(level, enter.subdirectory());
            } else if (task instanceof WorkStack.LookAt part) {
                reader.lookAt(part);
            }
        } finally {
            if (later) {
                work.giveBack((WorkStack.Enter) task);
            } else {
                work.release(level);
            }
        }
    }

    /** @return false if there is no descriptor for it, and others must go first */
    private boolean descend(WalkLevel above, byte[] name) throws IOException, NameServiceException {
        PathNode node = above.node.child(name);
        TreeMarks marks = above.marks == null ? null : above.marks.child(name);
        if (!isOpen(above)) {
            return true;
        }
        boolean mayOpen = !above.place.hasAutomounts() || isInMountOf(above, name);
        int descriptor = mayOpen ? descriptors.openWithinMount(above.descriptor(), name) : -Errno.EXDEV;
        if (descriptor == Descriptors.LATER) {
            return false;
        }
        boolean needsPin = descriptor == -Errno.EXDEV || descriptor == -Errno.ENOSYS || descriptor == -Errno.EPERM;
        if (descriptor >= 0) {
            enter(descriptor, node, marks, above.adoptsBelow);
            return true;
        }
        int pin = needsPin ? descriptors.pin(above.descriptor(), name) : descriptor;
        if (pin < 0) {
            cannotEnter(above, name, node, marks, -pin);
            return true;
        }
        try {
            enterPinned(pin, node, marks, above.adoptsBelow);
        } finally {
            libC.close(pin);
        }
        return true;
    }

    /** Opening a directory would start an automount, even with RESOLVE_NO_XDEV (before Linux 6.18); looking does not. */
    private boolean isInMountOf(WalkLevel above, byte[] name) {
        int failure = libC.statx(above.descriptor(), name, LibC.AT_STATX_DONT_SYNC, status);
        pace.tick();
        return failure == 0 && status.mountId() == above.place.mountId();
    }

    /** Opens it again if its descriptor was needed elsewhere: by its path, and only if the same directory is there. */
    private boolean isOpen(WalkLevel level) throws IOException {
        synchronized (level) {
            if (level.descriptor() != WalkLevel.PARKED) {
                return true;
            }
            RawPath path = level.node.path();
            int pin = descriptors.patiently(() -> paths.pin(walk.base(), path), false);
            int failure = pin < 0 ? pin : libC.statx(pin, LibC.AT_STATX_DONT_SYNC, status);
            if (failure >= 0 && level.identity.equals(FileIdentity.of(status))) {
                level.descriptor(pin);
                return true;
            }
            if (pin >= 0) {
                libC.close(pin);
            }
            int lost = 1 + work.dropSubdirectories(level);
            findings.error(
                    path,
                    failure < 0 ? Errno.name(-failure) : "",
                    path + " was moved while it was searched; " + lost + " directories in it were not searched");
            return false;
        }
    }

    /** A root, or a mount point: what lies there decides whether it is opened at all. The pin stays the caller's. */
    void enterPinned(int pin, PathNode node, TreeMarks marks, boolean adoptsAbove)
            throws IOException, NameServiceException {
        TreeMarks.visit(marks);
        // Which mount it is can be told without asking a server that may be dead.
        int failure = libC.statx(pin, LibC.AT_STATX_DONT_SYNC, status);
        Optional<Place> here = failure < 0 ? Optional.empty() : places.of(status, node);
        place = here.orElse(place);
        if (here.isPresent() && here.get().isShared()) {
            failure = libC.statx(pin, 0, status);
        }
        if (failure < 0) {
            findings.error(node.path(), -failure, "cannot look at");
            return;
        }
        if (here.isEmpty()) {
            return;
        }
        boolean adopts = TreeMarks.adoptsOrphans(marks, adoptsAbove);
        if (status.type() != FileType.DIRECTORY) {
            look.pinned(pin, status, node, here.get(), adopts);
            return;
        }
        int descriptor = descriptors.openPinned(pin);
        if (descriptor < 0) {
            look.pinned(pin, status, node, here.get(), adopts);
            findings.error(node.path(), -descriptor, "cannot read the directory");
            return;
        }
        enter(descriptor, node, marks, adoptsAbove);
    }

    /** Looks at an opened directory and reads it. Takes the descriptor. */
    private void enter(int descriptor, PathNode node, TreeMarks marks, boolean adoptsAbove)
            throws IOException, NameServiceException {
        TreeMarks.visit(marks);
        int failure = libC.statx(descriptor, 0, status);
        pace.tick();
        Optional<Place> here = failure < 0 ? Optional.empty() : places.of(status, node);
        if (here.isEmpty()) {
            libC.close(descriptor);
            if (failure < 0) {
                findings.error(node.path(), -failure, "cannot look at");
            }
            return;
        }
        place = here.get();
        WalkLevel level = new WalkLevel(
                descriptor,
                node,
                marks,
                TreeMarks.adoptsOrphans(marks, adoptsAbove),
                TreeMarks.adoptsBelow(marks, adoptsAbove),
                place,
                FileIdentity.of(status),
                walk.hasAttributes(place, descriptor, look.attributes()));
        boolean isLookedAt = false;
        try {
            look.pinned(descriptor, status, node, place, level.adopts);
            isLookedAt = true;
            reader.read(level);
        } finally {
            if (!isLookedAt) {
                work.stopReading(level, true);
            }
        }
    }

    /** Its content stays unknown, but its own owner can be seen; and what was a directory may be a file by now. */
    private void cannotEnter(WalkLevel above, byte[] name, PathNode node, TreeMarks marks, int errno)
            throws IOException, NameServiceException {
        int failure = libC.statx(above.descriptor(), name, 0, status);
        if (errno == Errno.ENOENT || failure == -Errno.ENOENT) {
            return;
        }
        if (failure < 0) {
            findings.error(node.path(), -failure, "cannot look at");
            return;
        }
        TreeMarks.visit(marks);
        Optional<Place> here = places.of(status, node);
        if (here.isPresent()) {
            look.notEntered(status, node, here.get(), TreeMarks.adoptsOrphans(marks, above.adoptsBelow));
            if (status.type() == FileType.DIRECTORY) {
                findings.error(node.path(), errno, "cannot read the directory");
            }
        }
    }
}
