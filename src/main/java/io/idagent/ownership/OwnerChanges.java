package io.idagent.ownership;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Changes the files of a list, by several threads where there are many. Outcomes come in the order of the list, in the thread
 * that adds to it. What follows one another in the list and concerns one file (its attributes, then its owner) is done
 * in that order.
 */
public final class OwnerChanges implements AutoCloseable {

    /** Fewer are not worth a thread. */
    private static final int BATCH = 256;

    /** So many batches wait, for each thread: the list may be longer than memory. */
    private static final int AHEAD = 2;

    private final TreeBase base;
    private final int threads;
    private final Consumer<ChangeOutcome> outcomes;
    private final OwnerChanger mine;
    private final ThreadLocal<OwnerChanger> theirs;
    private final Deque<Future<List<ChangeOutcome>>> underWay = new ArrayDeque<>();
    private List<Hit> batch = new ArrayList<>(BATCH);
    private ExecutorService executor;

    /** @param outcomes told of each change, one at a time */
    public OwnerChanges(OwnerChanger changer, TreeBase base, Consumer<ChangeOutcome> outcomes) {
        this.base = base;
        this.threads = changer.mayHaveCompany() ? Runtime.getRuntime().availableProcessors() : 1;
        this.outcomes = outcomes;
        this.mine = changer;
        this.theirs = ThreadLocal.withInitial(changer::forAnotherThread);
    }

    /** Changes it, now or soon. @throws IOException if the thread was interrupted */
    public void add(Hit hit) throws IOException {
        if (batch.size() >= BATCH && batch.get(batch.size() - 1).inode() != hit.inode()) {
            handOver();
        }
        batch.add(hit);
    }

    /** Changes what is left. All is done when this returns. @throws IOException if the thread was interrupted */
    public void finish() throws IOException {
        while (!underWay.isEmpty()) {
            take();
        }
        changeAll(mine, batch).forEach(outcomes);
        batch = new ArrayList<>();
    }

    private void handOver() throws IOException {
        List<Hit> full = batch;
        batch = new ArrayList<>(BATCH);
        if (threads == 1) {
            changeAll(mine, full).forEach(outcomes);
            return;
        }
        if (executor == null) {
            executor = Executors.newFixedThreadPool(threads);
        }
        underWay.add(executor.submit(() -> changeAll(theirs.get(), full)));
        if (underWay.size() > threads * AHEAD) {
            take();
        }
    }

    private List<ChangeOutcome> changeAll(OwnerChanger changer, List<Hit> hits) {
        List<ChangeOutcome> results = new ArrayList<>(hits.size());
        for (Hit hit : hits) {
            results.add(changer.change(base, hit));
        }
        return results;
    }

    private void take() throws IOException {
        try {
            underWay.remove().get().forEach(outcomes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the change of owners was interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a thread that changes owners failed", e.getCause());
        }
    }

    /** Nothing changes any more when this returns: after a failure, what was begun is finished first. */
    @Override
    public void close() {
        if (executor == null) {
            return;
        }
        executor.shutdown();
        boolean interrupted = Thread.interrupted();
        while (!executor.isTerminated()) {
            try {
                executor.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
