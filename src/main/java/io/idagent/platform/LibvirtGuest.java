package io.idagent.platform;

import java.util.List;

/**
 * A guest that may move.
 *
 * @param paused it runs, and its processors stand still
 * @param autostart it starts with the host
 * @param now what it runs with; if it does not run, what it starts with
 * @param defined what it starts with next time; the same as {@code now} for one that is gone when it stops
 * @param snapshots the names of those that libvirt keeps
 * @param checkpoints the same, of those that incremental backups start from
 */
public record LibvirtGuest(
        boolean active,
        boolean persistent,
        boolean paused,
        boolean autostart,
        GuestDescription now,
        GuestDescription defined,
        List<String> snapshots,
        List<String> checkpoints) {

    public LibvirtGuest {
        snapshots = List.copyOf(snapshots);
        checkpoints = List.copyOf(checkpoints);
    }

    public String name() {
        return now.name();
    }
}
