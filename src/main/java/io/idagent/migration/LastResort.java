package io.idagent.migration;

import io.idagent.platform.GuestMover;
import io.idagent.platform.GuestMover.Place;
import io.idagent.platform.LibvirtUnavailableException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Stops guests that cannot move, where that was asked for: saves them, or shuts them down. */
public final class LastResort {

    private static final long BETWEEN_LOOKS_MILLIS = 500;

    private final GuestMover mover;
    private final Consumer<String> notes;
    private final AtomicBoolean stop;

    /** @param stop once true nothing more is begun or waited for */
    public LastResort(GuestMover mover, Consumer<String> notes, AtomicBoolean stop) {
        this.mover = mover;
        this.notes = notes;
        this.stop = stop;
    }

    /**
     * @param stayed why they did not move, by name
     * @return those that are not saved, with the reason
     */
    public Map<String, String> save(String uri, Map<String, String> stayed) {
        Map<String, String> still = new LinkedHashMap<>();
        stayed.forEach((guest, why) -> {
            if (stop.get()) {
                still.put(guest, why);
                return;
            }
            try {
                if (mover.place(uri, guest) == Place.RUNS) {
                    notes.accept(guest + " is being saved: " + why);
                    mover.save(uri, guest);
                }
                settle(uri, guest, why, still);
            } catch (LibvirtUnavailableException e) {
                still.put(guest, why + "; it was not saved: " + e.getMessage());
            }
        });
        return still;
    }

    /** All are asked at once, and have this time together: a guest may take as long as it likes, or not do it. */
    public Map<String, String> shutDown(String uri, Map<String, String> stayed, Duration patience)
            throws InterruptedException {
        Map<String, String> still = new LinkedHashMap<>();
        Map<String, String> asked = new LinkedHashMap<>();
        for (Map.Entry<String, String> guest : stayed.entrySet()) {
            try {
                if (!stop.get() && mover.place(uri, guest.getKey()) == Place.RUNS) {
                    mover.shutDown(uri, guest.getKey());
                    notes.accept(guest.getKey() + " is being shut down: " + guest.getValue());
                }
                asked.put(guest.getKey(), guest.getValue());
            } catch (LibvirtUnavailableException e) {
                still.put(guest.getKey(), guest.getValue() + "; it was not shut down: " + e.getMessage());
            }
        }
        long deadline = System.nanoTime() + patience.toNanos();
        for (Map.Entry<String, String> guest : asked.entrySet()) {
            try {
                while (mover.place(uri, guest.getKey()) == Place.RUNS && System.nanoTime() < deadline && !stop.get()) {
                    Thread.sleep(BETWEEN_LOOKS_MILLIS);
                }
                settle(uri, guest.getKey(), guest.getValue(), still);
            } catch (LibvirtUnavailableException e) {
                still.put(guest.getKey(), guest.getValue() + "; " + e.getMessage());
            }
        }
        return still;
    }

    private void settle(String uri, String guest, String why, Map<String, String> still)
            throws LibvirtUnavailableException {
        switch (mover.place(uri, guest)) {
            case IS_SHUT_OFF -> notes.accept(guest + " is shut off now");
            case RUNS -> still.put(guest, why + (stop.get() ? "" : "; it was asked to stop, and goes on running"));
            case IS_NOT -> still.put(guest, why);
        }
    }
}
