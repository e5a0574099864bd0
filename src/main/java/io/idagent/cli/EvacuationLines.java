package io.idagent.cli;

import io.idagent.migration.Evacuation;
import io.idagent.platform.GuestMover;
import io.idagent.platform.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A line for whatever happens to a guest, as it happens. */
final class EvacuationLines implements Evacuation.Observer {

    private static final int BETWEEN_LINES_MILLIS = 10_000;

    private final PrintWriter out;
    private final Map<String, Told> lastTold = new LinkedHashMap<>();
    private final Map<String, String> toldWhy = new ConcurrentHashMap<>();

    EvacuationLines(PrintWriter out) {
        this.out = out;
    }

    /** Of the progress of one guest. */
    private record Told(long millis, long processed) {
        static final Told NOTHING = new Told(0, 0);
    }

    @Override
    public void begins(String guest) {
        say(guest, "moving");
    }

    /** A line every ten seconds for each: a log can be read afterwards. */
    @Override
    public synchronized void progress(String guest, GuestMover.Progress now) {
        Told before = lastTold.getOrDefault(guest, Told.NOTHING);
        if (now.millis() - before.millis() < BETWEEN_LINES_MILLIS) {
            return;
        }
        lastTold.put(guest, new Told(now.millis(), now.processed()));
        String since = Units.seconds(Duration.ofMillis(now.millis()));
        if (now.processed() == before.processed()) {
            // libvirt notices by itself, but where its ssh is waiting that takes as long as TCP does.
            say(
                    guest,
                    "nothing has moved for 10 s, on its way for " + since
                            + "; if the other side is gone, the guest goes"
                            + " on here when libvirt gives up: within 16 minutes, or once its ssh to that side is ended");
            return;
        }
        double seconds = (now.millis() - before.millis()) / 1000.0;
        long rate = (long) ((now.processed() - before.processed()) / seconds);
        say(
                guest,
                "memory left " + Units.bytes(now.memoryLeft()) + ", disk left " + Units.bytes(now.diskLeft()) + ", "
                        + Units.bytes(rate) + "/s, " + since);
    }

    @Override
    public void moved(String guest) {
        say(guest, "moved; it runs there, and its disks answer");
    }

    @Override
    public void stayed(String guest, String why) {
        toldWhy.put(guest, why);
        say(guest, "stays: " + why);
    }

    @Override
    public synchronized void note(String sentence) {
        out.println(Printable.line("  " + sentence));
        out.flush();
    }

    private synchronized void say(String guest, String what) {
        out.println(Printable.line(line(guest, what)));
        out.flush();
    }

    static String line(String guest, String what) {
        return String.format("  %-12s  %s", guest, what);
    }

    /** Whether the reader knows already why this guest stays. */
    boolean haveTold(String guest, String why) {
        return why.equals(toldWhy.get(guest));
    }
}
