package io.idagent.ownership;

import io.idagent.platform.NameServiceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The threads of a walk: as many as there are processors at first, more where a file system answers slowly, and others
 * instead of those that a dead file system holds. Close it in the thread that made it.
 */
final class TreeWalk implements AutoCloseable {

    private static final int GROWTH = 4;
    private static final long LONGEST_WAIT_MILLIS = 500;

    private final WalkContext walk;
    private final ScanLimits limits;
    private final List<Walker> walkers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int mostThreads;
    private Throwable failure;

    TreeWalk(WalkContext walk, ScanLimits limits) {
        this.walk = walk;
        this.limits = limits;
        this.mostThreads = limits.maxThreads();
    }

    /**
     * Has an errand done by one of the threads, and what follows from it by all.
     *
     * @return false if the errand itself got no answer from a file system within the limit
     */
    boolean run(WorkStack.Errand errand) throws IOException, NameServiceException {
        keepThreads(Math.min(Runtime.getRuntime().availableProcessors(), limits.maxThreads()));
        walk.work().push(errand);
        boolean answered = true;
        long patience = limits.patience().toMillis();
        try {
            while (!walk.work().isDoneWithin(Math.max(1, Math.min(LONGEST_WAIT_MILLIS, patience / 4)))) {
                answered &= giveUpWhoHangs();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the search for files was interrupted");
        }
        rethrow();
        return answered;
    }

    private synchronized void keepThreads(int number) {
        while (walkers.size() < number && failure == null) {
            Walker walker = new Walker(walk, this::grow, this::fail);
            Thread thread = new Thread(walker, "walk-" + threads.size());
            // One that hangs must not keep the program from ending.
            thread.setDaemon(true);
            try {
                thread.start();
            } catch (OutOfMemoryError noMoreThreads) {
                if (walkers.isEmpty()) {
                    throw noMoreThreads;
                }
                mostThreads = walkers.size();
                return;
            }
            walkers.add(walker);
            threads.add(thread);
        }
    }

    private synchronized void grow() {
        if (walkers.size() < mostThreads) {
            keepThreads(Math.min(mostThreads, walkers.size() * GROWTH));
        }
    }

    private boolean giveUpWhoHangs() {
        Duration patience = limits.patience();
        boolean allOnTheirWay = true;
        for (Walker walker : walkersNow()) {
            if (walker.waitedNanos() > patience.toNanos() && walker.giveUp()) {
                walker.place().ifPresent(place -> walk.places().giveUp(place, patience));
                allOnTheirWay &= walker.place().isPresent();
                replace(walker);
                walk.work().giveUp();
            }
        }
        return allOnTheirWay;
    }

    private synchronized List<Walker> walkersNow() {
        return List.copyOf(walkers);
    }

    private synchronized void replace(Walker hanging) {
        threads.remove(walkers.indexOf(hanging));
        walkers.remove(hanging);
        keepThreads(Math.min(Runtime.getRuntime().availableProcessors(), limits.maxThreads()));
    }

    private void fail(Throwable cause) {
        synchronized (this) {
            if (failure == null) {
                failure = cause;
            }
        }
        walk.work().stop();
    }

    private synchronized void rethrow() throws IOException, NameServiceException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof NameServiceException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException("a thread of the search failed", failure);
        }
    }

    /** Waits for all threads but those that hang. */
    @Override
    public void close() {
        walk.work().stop();
        boolean interrupted = Thread.interrupted();
        for (Thread thread : threadsNow()) {
            interrupted |= !join(thread);
        }
        walk.work().closeAll();
        walk.findings().close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<Thread> threadsNow() {
        return List.copyOf(threads);
    }

    private boolean join(Thread thread) {
        try {
            thread.join(limits.patience().toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
