package io.idagent.agent;

import io.idagent.conversion.ConversionRunner;
import java.util.concurrent.CountDownLatch;

/**
 * From the first conversion on, SIGTERM, SIGINT and SIGHUP ask it to stop. The program ends when it has, undone or
 * complete, not torn off in the middle; and it ends with what came of it, said and as its exit code.
 */
public final class StopOnSignal implements AutoCloseable {

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop on signal");
    private volatile ConversionRunner runner;
    private volatile boolean signalled;

    /** Called before each conversion. A signal that came before the first one ends the program at once. */
    void during(ConversionRunner next) {
        boolean first = runner == null;
        runner = next;
        if (first) {
            Runtime.getRuntime().addShutdownHook(hook);
        }
        if (signalled) {
            next.requestStop();
        }
    }

    private void stop() {
        signalled = true;
        runner.requestStop();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return the code, for a program that is still to end by itself */
    public int ended(int exitCode) {
        if (signalled) {
            // Java would end with the number of the signal, and System.exit would wait for the hook that waits for us.
            Runtime.getRuntime().halt(exitCode);
        }
        return exitCode;
    }

    /** The next conversion of this process has a hook of its own, and this one would hold all of what has ended. */
    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It runs: the program is ending, and that is what it has waited for.
        }
    }
}
