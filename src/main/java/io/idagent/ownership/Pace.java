package io.idagent.ownership;

import java.util.function.LongSupplier;

/**
 * How quickly the file system answers one thread. Told of each operation, it looks at the clock now and then only: that would
 * cost more than some operations.
 */
final class Pace {

    private static final int WINDOW = 4;
    /** As long as answers are quick. */
    private static final int QUICK_WINDOW = 4 * WINDOW;
    /** A cached answer of a local file system takes 1 us; one that comes over a network, or from a disk, more than this. */
    private static final long SLOW_NANOS = 100_000;

    /** Most of a window's operations must have waited; a lock that somebody else holds makes one wait. */
    private static final int WAITS = WINDOW - 1;

    /** So many windows in a row: threads that were not needed are not taken back. */
    private static final int SLOW_WINDOWS = 3;

    private final LongSupplier waits;
    private final Runnable onSlow;
    private int window = WINDOW;
    private int operations;
    private int slowWindows;
    private long waitsBefore;
    private long sinceLastAnswer;
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

    /** From now on answers are waited for; what was measured before a pause still counts. */
    void start() {
        lastAnswer = System.nanoTime() - sinceLastAnswer;
        waiting = true;
    }

    /** What takes time now is not the file system. */
    void pause() {
        if (waiting) {
            sinceLastAnswer = System.nanoTime() - lastAnswer;
            waiting = false;
        }
    }

    /** The file system has answered. */
    void tick() {
        if (++operations < window) {
            return;
        }
        operations = 0;
        long now = System.nanoTime();
        boolean isSlow = now - lastAnswer > window * SLOW_NANOS;
        lastAnswer = now;
        window = isSlow ? WINDOW : QUICK_WINDOW;
        if (isSlow) {
            // A thread that others keep from running has not waited: more threads would make that worse.
            long waitsNow = waits.getAsLong();
            boolean hasWaited = slowWindows == 0 || waitsNow - waitsBefore >= WAITS;
            slowWindows = hasWaited ? slowWindows + 1 : 0;
            waitsBefore = waitsNow;
        } else {
            slowWindows = 0;
        }
        slow = slowWindows >= SLOW_WINDOWS;
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
