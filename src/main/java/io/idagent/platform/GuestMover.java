package io.idagent.platform;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainJobInfo;
import org.libvirt.LibvirtException;

/** Moves running guests between hosts, over connections that may change things. */
public final class GuestMover {

    private static final long BETWEEN_LOOKS_MILLIS = 250;
    private static final int RUNNING_JOB = 1;

    /**
     * How far a migration is.
     *
     * @param memoryLeft in bytes
     * @param diskLeft in bytes, where disks are copied
     * @param millis since it began
     */
    public record Progress(long memoryLeft, long diskLeft, long processed, long millis) {}

    /** Where a guest is, by its name. */
    public enum Place {
        RUNS,
        IS_SHUT_OFF,
        IS_NOT
    }

    /**
     * Live, peer to peer, made persistent there and undefined here. Comes back when it is over, however long it takes.
     *
     * @param from the libvirt on which the guest runs, as seen from here. @param to the other one, as seen from there
     * @param unsafe libvirt's flag of that name
     * @param stop once true the migration is called off
     * @return what libvirt said if the guest did not move; empty: it did
     */
    public Optional<String> move(
            String from, String guest, String to, boolean unsafe, AtomicBoolean stop, Consumer<Progress> progress)
            throws LibvirtUnavailableException {
        int flags = Domain.MigrateFlags.LIVE
                | Domain.MigrateFlags.PEER2PEER
                | Domain.MigrateFlags.PERSIST_DEST
                | Domain.MigrateFlags.UNDEFINE_SOURCE
                | Domain.MigrateFlags.ABORT_ON_ERROR
                | (unsafe ? Domain.MigrateFlags.UNSAFE : 0);
        AtomicBoolean over = new AtomicBoolean();
        Thread watcher = new Thread(() -> watch(from, guest, over, stop, progress), "watches " + guest);
        watcher.setDaemon(true);
        return on(from, connection -> {
            Domain domain = connection.domainLookupByName(guest);
            watcher.start();
            try {
                domain.migrateToURI(MigrationSides.withoutTerminal(to), (long) flags, null, 0L);
                return Optional.<String>empty();
            } catch (LibvirtException e) {
                return Optional.of(e.getMessage());
            } finally {
                over.set(true);
                domain.free();
            }
        });
    }

    private void watch(String from, String guest, AtomicBoolean over, AtomicBoolean stop, Consumer<Progress> progress) {
        try {
            this.<Void>on(from, connection -> {
                Domain domain = connection.domainLookupByName(guest);
                while (!over.get()) {
                    Thread.sleep(BETWEEN_LOOKS_MILLIS);
                    look(domain, stop, progress);
                }
                return null;
            });
        } catch (LibvirtUnavailableException goneFromHere) {
            // It has moved: there is no job to watch any more.
        }
    }

    private static void look(Domain domain, AtomicBoolean stop, Consumer<Progress> progress) {
        try {
            DomainJobInfo job = domain.getJobInfo();
            progress.accept(new Progress(
                    job.getMemRemaining(), job.getFileRemaining(), job.getDataProcessed(), job.getTimeElapsed()));
            if (stop.get() && job.getType() != 0) {
                domain.abortJob();
            }
        } catch (LibvirtException notYetOrNotAnyMore) {
            // There is a moment before the job, and one after it, in which there is none to ask about or to call off.
        }
    }

    /** Waits until no migration of this guest is under way: one that a client began goes on when the client dies. */
    public void awaitNoJob(String uri, String guest) throws LibvirtUnavailableException {
        if (place(uri, guest) != Place.RUNS) {
            return;
        }
        this.<Void>on(uri, connection -> {
            Domain domain = connection.domainLookupByName(guest);
            try {
                int type = domain.getJobInfo().getType();
                while (type == RUNNING_JOB || type == RUNNING_JOB + 1) {
                    Thread.sleep(BETWEEN_LOOKS_MILLIS);
                    type = domain.getJobInfo().getType();
                }
            } catch (LibvirtException gone) {
                // It has left meanwhile.
            }
            return null;
        });
    }

    public Place place(String uri, String guest) throws LibvirtUnavailableException {
        return on(uri, connection -> {
            for (Domain domain : connection.listAllDomains(0)) {
                try {
                    if (domain.getName().equals(guest)) {
                        return domain.isActive() == 1 ? Place.RUNS : Place.IS_SHUT_OFF;
                    }
                } catch (LibvirtException gone) {
                    return Place.IS_NOT;
                } finally {
                    domain.free();
                }
            }
            return Place.IS_NOT;
        });
    }

    /** Saves its memory, and stops it; it goes on from there when it is started. */
    public void save(String uri, String guest) throws LibvirtUnavailableException {
        this.<Void>on(uri, connection -> {
            connection.domainLookupByName(guest).managedSave();
            return null;
        });
    }

    /** Asks it to shut down; it may take its time, or not do it. */
    public void shutDown(String uri, String guest) throws LibvirtUnavailableException {
        this.<Void>on(uri, connection -> {
            connection.domainLookupByName(guest).shutdown();
            return null;
        });
    }

    /**
     * Reads from and flushes a disk through the guest's own qemu: libvirt reports no error where access was lost.
     *
     * @return what is wrong; empty: all its disks answer
     */
    public Optional<String> proveDisks(String uri, String guest) throws LibvirtUnavailableException {
        return on(uri, connection -> {
            Domain domain = connection.domainLookupByName(guest);
            String blocks = domain.qemuMonitorCommand("{\"execute\":\"query-block\"}", 0);
            for (com.fasterxml.jackson.databind.JsonNode block :
                    Json.mapper().readTree(blocks).path("return")) {
                String node = block.path("inserted").path("node-name").asText("");
                if (node.isEmpty()) {
                    continue;
                }
                boolean readOnly = block.path("inserted").path("ro").asBoolean();
                String answer = hmp(domain, node, "read 0 512") + (readOnly ? "" : hmp(domain, node, "flush"));
                if (answer.contains("failed") || answer.contains("rror")) {
                    return Optional.of(node + ": " + answer.strip());
                }
            }
            return Optional.<String>empty();
        });
    }

    private static String hmp(Domain domain, String node, String command)
            throws LibvirtException, com.fasterxml.jackson.core.JsonProcessingException {
        String line = "qemu-io " + node + " \\\"" + command + "\\\"";
        String answer = domain.qemuMonitorCommand(
                "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"" + line + "\"}}", 0);
        return Json.mapper().readTree(answer).path("return").asText();
    }

    private interface Action<T> {
        T on(Connect connection) throws Exception;
    }

    private <T> T on(String uri, Action<T> action) throws LibvirtUnavailableException {
        try {
            Connect.setErrorCallback(LibvirtConversation.SILENCE);
            Connect connection = new Connect(MigrationSides.withoutTerminal(uri));
            try {
                return action.on(connection);
            } finally {
                connection.close();
            }
        } catch (LibvirtException e) {
            throw new LibvirtUnavailableException("libvirt at " + uri + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LibvirtUnavailableException("libvirt at " + uri + ": interrupted", e);
        } catch (Exception e) {
            throw new LibvirtUnavailableException("libvirt at " + uri + " answers nonsense: " + e, e);
        }
    }
}
