package io.idagent.agent;

import io.idagent.conversion.ConversionRunner;
import java.util.concurrent.CountDownLatch;

/**
 * While a conversion runs, SIGTERM, SIGINT and SIGHUP ask it to stop, and the program ends when it has: undone or
 * complete, not torn off in the middle.
 */
final class StopOnSignal implements AutoCloseable {

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private StopOnSignal(ConversionRunner runner) {
        hook = new Thread(() -> {
            runner.requestStop();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    static StopOnSignal during(ConversionRunner runner) {
        StopOnSignal signals = new StopOnSignal(runner);
        Runtime.getRuntime().addShutdownHook(signals.hook);
        return signals;
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // The hook has been waiting for this.
        }
    }
}
