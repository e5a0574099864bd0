package io.idagent.cli;

import io.idagent.agent.Converter;
import io.idagent.conversion.ConversionOutcome;
import io.idagent.conversion.Step;
import io.idagent.platform.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** One line a step, when it is done, with its time. On a terminal a step that takes longer than a second shows a bar. */
final class ProgressLines implements Converter.Observer, AutoCloseable {

    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final PrintWriter out;
    private final boolean terminal;
    private ProgressBar bar;
    private long startedAt;

    ProgressLines(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    PrintWriter out() {
        return out;
    }

    @Override
    public void started(Step step) {
        startedAt = System.nanoTime();
    }

    @Override
    public void progress(Step step, long done, long total) {
        if (!terminal) {
            return;
        }
        if (bar == null && System.nanoTime() - startedAt > PATIENCE_NANOS) {
            bar = new ProgressBarBuilder()
                    .setTaskName("  " + step.doing())
                    .setInitialMax(total > 0 ? total : -1)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new OneLine())
                    .clearDisplayOnFinish()
                    .build();
        }
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    @Override
    public void done(Step step, Duration took, String result) {
        close();
        line(step.doing(), Units.seconds(took), result);
    }

    @Override
    public void failed(Step step, String why) {
        close();
        line(step.doing(), "FAILED", why);
    }

    @Override
    public void undoing(Step step) {
        line("undoing: " + step.doing(), "", "");
    }

    @Override
    public void recovering(String id) {
        out.println("The conversion " + id + " was cut off. It comes first:");
        out.flush();
    }

    @Override
    public void waiting(String sentence) {
        out.println("Waiting: " + Printable.line(sentence));
        out.flush();
    }

    @Override
    public void ended(ConversionOutcome outcome) {
        out.print(Printable.lines(OutcomeText.of(outcome)));
        out.flush();
    }

    private void line(String doing, String time, String result) {
        out.println(Printable.line(
                String.format("  %-42s %7s  %s", doing, time, result).stripTrailing()));
        out.flush();
    }

    /** The bar is wiped out when it ends, and the line it stood on is the next one's. */
    private static final class OneLine extends ConsoleProgressBarConsumer {

        OneLine() {
            super(System.err);
        }

        @Override
        public void close() {
            System.err.flush();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
