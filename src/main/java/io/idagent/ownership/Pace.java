package io.idagent.ownership;

import java.util.function.LongSupplier;

/**
 * How quickly the file system answers one thread. Told of each operation, it looks at the clock now and then only: that would
 * cost more than some operations.
 */
final class Pace {

    private static final int WINDOW = 4;
    /** A cached answer of a local file system takes 1 us; one that comes over a network, or from a disk, more than this. */
    private static final long SLOW_NANOS = 100_000;

    /** So many of a window's operations must have waited. */
    private static final int WAITS = WINDOW / 2;

    private final LongSupplier waits;
    private final Runnable onSlow;
    private int operations;
    private boolean wasSlow;
    private long waitsBefore;
    private volatile boolean slow;
    private volatile long lastAnswer;
    private volatile boolean waiting;

    /**
     * @param waits how often the thread has waited so far
     * @param onSlow called while it is slow
     */
    Pace(LongSupplier waits, Runnable onSlow) {
        this.waits = waits;
        this.onSlow = onSlow;
    }

    /** From now on answers are waited for. */
    void start() {
        operations = 0;
        lastAnswer = System.nanoTime();
        waiting = true;
    }

    /** What takes time now is not the file system. */
    void pause() {
        waiting = false;
    }

    /** The file system has answered. */
    void tick() {
        if (++operations < WINDOW) {
            return;
        }
        operations = 0;
        long now = System.nanoTime();
        boolean isSlow = now - lastAnswer > WINDOW * SLOW_NANOS;
        lastAnswer = now;
        if (isSlow) {
            // A thread that others keep from running has not waited: more threads would make that worse.
            long waitsNow = waits.getAsLong();
            slow = wasSlow && waitsNow - waitsBefore >= WAITS;
            waitsBefore = waitsNow;
        } else {
            slow = false;
        }
        wasSlow = isSlow;
        if (slow) {
            onSlow.run();
        }
    }

    boolean isSlow() {
        return slow;
    }

    /** How long an answer has been waited for; to be called by another thread. */
    long waitedNanos() {
        long since = lastAnswer;
        return waiting ? Math.max(0, System.nanoTime() - since) : 0;
    }
}
