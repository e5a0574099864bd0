package io.idagent.daemon;

import io.idagent.agent.Converter;
import io.idagent.agent.RequestedConversion;
import io.idagent.agent.Scan;
import io.idagent.agent.Wiring;
import io.idagent.conversion.ConversionOutcome;
import io.idagent.conversion.Step;
import io.idagent.platform.ServiceException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What systemd's units do for the daemon, done in this process where there is no systemd and the daemon is root: scans
 * and conversions, one after the other, on a thread of their own so that probes and the loop go on.
 */
final class OwnWork implements AutoCloseable {

    private final Wiring wiring;
    private final Consumer<String> log;
    private final AtomicBoolean convertRequested = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor worker =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "scan and convert"));

    OwnWork(Wiring wiring, Consumer<String> log) {
        this.wiring = wiring;
        this.log = log;
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void scanEvery(Duration interval) {
        worker.scheduleWithFixedDelay(
                () -> attempt("scan", () -> new Scan(wiring).run()), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    void convert() {
        if (convertRequested.compareAndSet(false, true)) {
            worker.execute(() -> {
                attempt("conversion", () -> new RequestedConversion(wiring, new Log(), Clock.systemUTC()).run());
                convertRequested.set(false);
            });
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException, ServiceException;
    }

    private void attempt(String what, Work work) {
        try {
            work.run();
        } catch (IOException | ServiceException | RuntimeException e) {
            log.accept("the " + what + " failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        worker.shutdown();
        try {
            // A conversion that runs ends as the runner has been asked to: at the next safe point.
            worker.awaitTermination(10, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Log implements Converter.Observer {
        @Override
        public void recovering(String id) {
            log.accept("finishing the conversion " + id + ", which was cut off");
        }

        @Override
        public void waiting(String sentence) {}

        @Override
        public void ended(ConversionOutcome outcome) {
            log.accept(outcome.result() + ": " + outcome.sentence());
        }

        @Override
        public void started(Step step) {
            log.accept(step.doing());
        }

        @Override
        public void progress(Step step, long done, long total) {}

        @Override
        public void done(Step step, Duration took, String result) {}

        @Override
        public void failed(Step step, String why) {
            log.accept(step.doing() + " failed: " + why);
        }

        @Override
        public void undoing(Step step) {
            log.accept("undoing: " + step.doing());
        }
    }
}
