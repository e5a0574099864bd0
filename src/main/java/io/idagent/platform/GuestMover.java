package io.idagent.platform;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainJobInfo;
import org.libvirt.DomainJobStats;
import org.libvirt.LibvirtException;
import org.libvirt.TypedIntParameter;
import org.libvirt.TypedParameter;

/** Moves running guests between hosts, over connections that may change things. */
public final class GuestMover {

    private static final long BETWEEN_LOOKS_MILLIS = 250;
    private static final int RUNNING_JOB = 1;
    /** virDomainJobOperation. */
    private static final int MIGRATION_OUT = 5;

    private static final int UNKNOWN_OPERATION = 0;
    private static final int AND_ITS_DEFINITION =
            Domain.MigrateFlags.PERSIST_DEST | Domain.MigrateFlags.UNDEFINE_SOURCE;

    private final WritableLibvirt libvirt;

    public GuestMover(WritableLibvirt libvirt) {
        this.libvirt = libvirt;
    }

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
     * Live, peer to peer, with its definition if it has one: what is gone when it stops stays so. Comes back when it is over, however long it takes, or
     * when the libvirt on which the guest runs answers no more.
     *
     * @param from the libvirt on which the guest runs, as seen from here. @param to the other one, as seen from there
     * @param unsafe libvirt's flag of that name
     * @param stop once true the migration is called off
     * @return what libvirt said if the guest did not move; empty: it did
     */
    public Optional<String> move(
            String from, String guest, String to, boolean unsafe, BooleanSupplier stop, Consumer<Progress> progress)
            throws LibvirtUnavailableException {
        int flags = Domain.MigrateFlags.LIVE
                | Domain.MigrateFlags.PEER2PEER
                | Domain.MigrateFlags.ABORT_ON_ERROR
                // A guest that writes faster than it can be sent is slowed down, step by step.
                | Domain.MigrateFlags.AUTO_CONVERGE
                | (unsafe ? Domain.MigrateFlags.UNSAFE : 0);
        FutureTask<Optional<String>> migration = inBackground(
                "moves " + guest,
                () -> libvirt.on(from, connection -> {
                    Domain domain = connection.domainLookupByName(guest);
                    try {
                        long all = domain.isPersistent() == 1 ? flags | AND_ITS_DEFINITION : flags;
                        domain.migrateToURI(MigrationSides.withoutTerminal(to), all, null, 0L);
                        return Optional.<String>empty();
                    } catch (LibvirtException e) {
                        return Optional.of(e.getMessage());
                    } finally {
                        domain.free();
                    }
                }));
        AtomicLong heardAt = new AtomicLong(System.nanoTime());
        inBackground("watches " + guest, () -> {
            watch(from, guest, migration, stop, progress, heardAt);
            return null;
        });
        while (true) {
            try {
                return migration.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException stillOnItsWay) {
                if (System.nanoTime() - heardAt.get() > libvirt.limit().toNanos()) {
                    // A connection can be dead without anybody being told; a new one shows it.
                    place(from, guest);
                    heardAt.set(System.nanoTime());
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof LibvirtUnavailableException lost
                        ? lost
                        : new LibvirtUnavailableException("moving " + guest + ": " + e.getCause(), e.getCause());
            } catch (InterruptedException e) {
                throw WritableLibvirt.interrupted(from, e);
            }
        }
    }

    /** What waits in native code cannot be ended: the JVM does not wait for it. */
    private static <T> FutureTask<T> inBackground(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private void watch(
            String from,
            String guest,
            FutureTask<?> migration,
            BooleanSupplier stop,
            Consumer<Progress> progress,
            AtomicLong heardAt)
            throws LibvirtUnavailableException {
        libvirt.<Void>on(from, connection -> {
            Domain domain = connection.domainLookupByName(guest);
            while (!migration.isDone()) {
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
                look(domain, stop, progress);
                heardAt.set(System.nanoTime());
            }
            return null;
        });
    }

    private static void look(Domain domain, BooleanSupplier stop, Consumer<Progress> progress) {
        try {
            DomainJobInfo job = domain.getJobInfo();
            progress.accept(new Progress(
                    job.getMemRemaining(), job.getFileRemaining(), job.getDataProcessed(), job.getTimeElapsed()));
            if (stop.getAsBoolean() && isMigration(domain)) {
                domain.abortJob();
            }
        } catch (LibvirtException notYetOrNotAnyMore) {
            // There is a moment before the job, and one after it, in which there is none to ask about or to call off.
        }
    }

    /**
     * Waits until no migration of this guest is under way, however long that takes: one that a client began goes on when the
     * client dies.
     *
     * @param stop once true the migration is called off
     * @param waits is run once, if there is something to wait for
     */
    public void awaitNoJob(String uri, String guest, BooleanSupplier stop, Runnable waits)
            throws LibvirtUnavailableException {
        boolean told = false;
        while (place(uri, guest) == Place.RUNS && libvirt.soon(uri, connection -> hasJob(connection, guest, stop))) {
            if (!told) {
                waits.run();
                told = true;
            }
            try {
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
            } catch (InterruptedException e) {
                throw WritableLibvirt.interrupted(uri, e);
            }
        }
    }

    private static boolean hasJob(Connect connection, String guest, BooleanSupplier stop) {
        try {
            Domain domain = connection.domainLookupByName(guest);
            boolean migrates = isMigration(domain);
            if (migrates && stop.getAsBoolean()) {
                domain.abortJob();
            }
            return migrates;
        } catch (LibvirtException gone) {
            return false; // It has left meanwhile, or its job has ended.
        }
    }

    /** A backup, a dump or a snapshot is somebody else's, and may go on for ever: it is neither waited for nor called off. */
    private static boolean isMigration(Domain domain) throws LibvirtException {
        DomainJobStats job = domain.getJobStats(0);
        return isMigration(job.type, List.of(job.stats));
    }

    static boolean isMigration(int type, List<TypedParameter> stats) {
        // libvirt before 3.3 does not say what it does.
        int operation = stats.stream()
                .filter(stat -> stat.field.equals("operation") && stat instanceof TypedIntParameter)
                .mapToInt(stat -> ((TypedIntParameter) stat).value)
                .findFirst()
                .orElse(UNKNOWN_OPERATION);
        boolean runs = type == RUNNING_JOB || type == RUNNING_JOB + 1;
        return runs && (operation == MIGRATION_OUT || operation == UNKNOWN_OPERATION);
    }

    public Place place(String uri, String guest) throws LibvirtUnavailableException {
        return standing(uri, guest).place();
    }

    /**
     * Where a guest is, and as whom it runs there.
     *
     * @param label of its qemu; libvirt keeps the one it started with, whatever numbers the account has now
     */
    public record Standing(Place place, Optional<DacLabel> label) {}

    public Standing standing(String uri, String guest) throws LibvirtUnavailableException {
        return libvirt.soon(uri, connection -> {
            for (Domain domain : connection.listAllDomains(0)) {
                try {
                    if (domain.getName().equals(guest)) {
                        return domain.isActive() == 1
                                ? new Standing(Place.RUNS, label(domain))
                                : new Standing(Place.IS_SHUT_OFF, Optional.empty());
                    }
                } catch (LibvirtException gone) {
                    break;
                } finally {
                    domain.free();
                }
            }
            return new Standing(Place.IS_NOT, Optional.empty());
        });
    }

    private static Optional<DacLabel> label(Domain domain) throws LibvirtException, MalformedDocumentException {
        return DomainXml.label(XmlDocument.parse("libvirt's description of a domain", domain.getXMLDesc(0), "domain"));
    }

    /** From now on it starts with the host that it is on. */
    public void startWithHost(String uri, String guest) throws LibvirtUnavailableException {
        libvirt.<Void>soon(uri, connection -> {
            connection.domainLookupByName(guest).setAutostart(true);
            return null;
        });
    }

    /** Saves its memory, and stops it; it goes on from there when it is started. */
    public void save(String uri, String guest) throws LibvirtUnavailableException {
        libvirt.<Void>on(uri, connection -> {
            connection.domainLookupByName(guest).managedSave();
            return null;
        });
    }

    /** Asks it to shut down; it may take its time, or not do it. */
    public void shutDown(String uri, String guest) throws LibvirtUnavailableException {
        libvirt.<Void>soon(uri, connection -> {
            connection.domainLookupByName(guest).shutdown();
            return null;
        });
    }
}
