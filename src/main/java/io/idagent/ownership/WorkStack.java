package io.idagent.ownership;

import io.idagent.platform.NameServiceException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What is still to be done in a walk, shared by its threads.
 *
 * <p>The directory found last is entered first: so few are open at a time, and memory depends on how deep a tree is and not
 * on how large. A thread with nothing to do makes the others give away half of what they have before them.
 */
final class WorkStack {

    /** How often a descriptor is waited for that others in this process may give back. */
    private static final int PATIENCE = 500;

    private static final int POLITE = 10;
    private static final long WAIT_MILLIS = 20;

    sealed interface Task {}

    /** Anything, such as going to a root. */
    non-sealed interface Errand extends Task {
        void run(Walker walker) throws IOException, NameServiceException, InterruptedException;
    }

    /** A piece of work on a directory, which is in use until it is released, or read. */
    sealed interface OnLevel extends Task {
        WalkLevel level();
    }

    record Enter(WalkLevel level, byte[] subdirectory) implements OnLevel {}

    record ReadOn(WalkLevel level) implements OnLevel {}

    /** @param entries of a directory, as the kernel gave them */
    record LookAt(WalkLevel level, byte[] entries) implements OnLevel {}

    private final Deque<WalkLevel> levels = new ArrayDeque<>();
    private final Deque<Task> others = new ArrayDeque<>();
    private final IntConsumer close;
    private int active;
    private int idle;
    private int outOfDescriptors;
    private boolean endIsKnown;
    private volatile boolean stopped;
    // Read for every entry, without the lock.
    private volatile boolean hungry;

    /** @param close closes a descriptor */
    WorkStack(IntConsumer close) {
        this.close = close;
    }

    /** Whether somebody has nothing to do. */
    boolean isHungry() {
        return hungry;
    }

    boolean isStopped() {
        return stopped;
    }

    /** The first piece of work for a thread; waits for one. @return null after {@link #stop} */
    synchronized Task take() throws InterruptedException {
        return next();
    }

    /** The next one, for a thread that has done what it took before. */
    synchronized Task doneAndTake() throws InterruptedException {
        active--;
        return next();
    }

    private Task next() throws InterruptedException {
        idle++;
        try {
            while (!stopped) {
                Task task = poll();
                if (task != null) {
                    active++;
                    endIsKnown = false;
                    return task;
                }
                if (active == 0 && !endIsKnown) {
                    endIsKnown = true;
                    notifyAll();
                }
                hungry = true;
                wait();
            }
            return null;
        } finally {
            idle--;
            hungry = idle > others.size();
        }
    }

    private Task poll() {
        if (!others.isEmpty()) {
            return others.poll();
        }
        while (!levels.isEmpty()) {
            WalkLevel level = levels.peek();
            byte[] subdirectory = level.pollSubdirectory();
            if (subdirectory != null) {
                level.use();
                return new Enter(level, subdirectory);
            }
            if (level.waitsForReading()) {
                level.startReading();
                return new ReadOn(level);
            }
            levels.pop();
        }
        return null;
    }

    /** A thread hangs: nobody waits for it any more. */
    synchronized void giveUp() {
        active--;
        notifyAll();
    }

    synchronized void push(Errand errand) {
        others.add(errand);
        notifyAll();
    }

    /**
     * Subdirectories of a directory that the caller uses.
     *
     * @return whether some of them should be entered before more of the directory is read
     */
    synchronized boolean push(WalkLevel level, List<byte[]> subdirectories) {
        if (!level.hasSubdirectories()) {
            levels.remove(level);
            levels.push(level);
        }
        level.add(subdirectories);
        notifyAll();
        return level.hasManySubdirectories();
    }

    /** A part of the entries of a directory that the caller uses. */
    synchronized void push(WalkLevel level, byte[] entries) {
        level.use();
        others.add(new LookAt(level, entries));
        hungry = idle > others.size();
        notifyAll();
    }

    /** The caller has read a directory, to its end or not yet, and does not use it any more. */
    synchronized void stopReading(WalkLevel level, boolean atEnd) {
        closeIf(level.stopReading(atEnd), level);
        if (!atEnd && !levels.contains(level)) {
            levels.push(level);
            notifyAll();
        }
    }

    /** The caller does not use the directory any more. */
    synchronized void release(WalkLevel level) {
        closeIf(level.unuse(), level);
    }

    private void closeIf(boolean isUnneeded, WalkLevel level) {
        if (isUnneeded || stopped && !level.isUsed()) {
            close(level);
        }
    }

    /** The caller cannot enter a subdirectory now. */
    synchronized void giveBack(Enter task) {
        push(task.level(), List.of(task.subdirectory()));
        release(task.level());
    }

    synchronized int dropSubdirectories(WalkLevel level) {
        return level.dropSubdirectories();
    }

    enum Room {
        /** Try again. */
        PERHAPS,
        /** Let others go first. */
        LATER,
        /** There will be none. */
        NONE
    }

    /**
     * To be called when no descriptor is left: waits for one, or closes one that is not needed at once.
     *
     * @param attempt how often that was tried already
     */
    synchronized Room makeRoom(int attempt) throws InterruptedException {
        outOfDescriptors++;
        try {
            if (stopped || attempt > PATIENCE) {
                return Room.NONE;
            }
            if (!parkOne()) {
                wait(WAIT_MILLIS);
            }
            // Those who wait hold what the others wait for.
            return attempt > POLITE && outOfDescriptors > 1 ? Room.LATER : Room.PERHAPS;
        } finally {
            outOfDescriptors--;
        }
    }

    /** The directory that is needed last. */
    private boolean parkOne() {
        Iterator<WalkLevel> oldestFirst = levels.descendingIterator();
        while (oldestFirst.hasNext()) {
            WalkLevel level = oldestFirst.next();
            if (level.canBeParked()) {
                close(level);
                return true;
            }
        }
        return false;
    }

    private void close(WalkLevel level) {
        if (level.descriptor() != WalkLevel.PARKED) {
            close.accept(level.descriptor());
            level.descriptor(WalkLevel.PARKED);
            if (outOfDescriptors > 0) {
                notifyAll();
            }
        }
    }

    /** Waits a while. @return whether there is nothing left to do */
    synchronized boolean isDoneWithin(long millis) throws InterruptedException {
        if (!isDone()) {
            wait(millis);
        }
        return isDone();
    }

    private boolean isDone() {
        return stopped || active == 0 && levels.isEmpty() && others.isEmpty();
    }

    /** Nothing is begun any more. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** After a stop, when all threads have ended, but for those that hang: what they use they may still come back to. */
    synchronized void closeAll() {
        for (Task task : others) {
            if (task instanceof OnLevel part) {
                part.level().unuse();
                closeUnused(part.level());
            }
        }
        levels.forEach(this::closeUnused);
        levels.clear();
        others.clear();
    }

    private void closeUnused(WalkLevel level) {
        if (!level.isUsed()) {
            close(level);
        }
    }
}
