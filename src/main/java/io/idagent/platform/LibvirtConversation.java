package io.idagent.platform;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.libvirt.Connect;
import org.libvirt.Error;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt.VirErrorCallback;

/** One connection to libvirt about this host's own guests and files, from opening to closing. */
final class LibvirtConversation {

    private static final int LIST_ALL = 0;
    private static final int LIVE = 0;
    private static final int INACTIVE = 2;

    /** Kept here, because the garbage collector does not see that libvirt holds it. */
    static final VirErrorCallback SILENCE = (userData, error) -> {};

    private final String uri;
    private final Function<String, Optional<Integer>> pidOf;
    private final Path saveDirectory;

    LibvirtConversation(String uri, Function<String, Optional<Integer>> pidOf, Path saveDirectory) {
        this.uri = uri;
        this.pidOf = pidOf;
        this.saveDirectory = saveDirectory;
    }

    Optional<Owner> baseLabel() throws LibvirtException, MalformedDocumentException {
        return connected(connection -> CapabilitiesXml.baseLabel(connection.getCapabilities()));
    }

    LibvirtReport report() throws LibvirtException, MalformedDocumentException {
        return connected(connection -> new LibvirtReport(
                CapabilitiesXml.baseLabel(connection.getCapabilities()), domains(connection), pools(connection)));
    }

    interface Question<T> {
        T ask(Connect connection) throws LibvirtException, MalformedDocumentException;
    }

    private <T> T connected(Question<T> question) throws LibvirtException, MalformedDocumentException {
        return connected(uri, question);
    }

    static <T> T connected(String uri, Question<T> question) throws LibvirtException, MalformedDocumentException {
        // libvirt prints what it also throws; our output belongs to us.
        Connect.setErrorCallback(SILENCE);
        Connect connection = new Connect(uri, true);
        try {
            return question.ask(connection);
        } finally {
            connection.close();
        }
    }

    private List<Domain> domains(Connect connection) throws LibvirtException, MalformedDocumentException {
        List<Domain> domains = new ArrayList<>();
        for (org.libvirt.Domain domain : connection.listAllDomains(LIST_ALL)) {
            try {
                domains.add(read(connection, domain));
            } catch (LibvirtException e) {
                // A guest that was shut down or undefined since the list was made.
                if (!isGone(e, Error.ErrorNumber.VIR_ERR_NO_DOMAIN)) {
                    throw e;
                }
            } finally {
                domain.free();
            }
        }
        return domains;
    }

    private Domain read(Connect connection, org.libvirt.Domain domain)
            throws LibvirtException, MalformedDocumentException {
        boolean active = domain.isActive() == 1;
        boolean saved = domain.hasManagedSaveImage() == 1;
        DomainXml.Volumes volumes = (pool, volume) -> volumePath(connection, pool, volume);
        DomainXml now = DomainXml.parse(domain.getXMLDesc(LIVE), volumes);
        Map<String, DomainFile> files = new LinkedHashMap<>();
        if (active && domain.isPersistent() == 1) {
            // What the guest starts with next time may differ from what it runs with.
            now = merged(now, DomainXml.parse(domain.getXMLDesc(INACTIVE), volumes), files);
        }
        now.files().forEach(file -> files.putIfAbsent(file.path(), file));
        if (saved) {
            String path = saveDirectory + "/" + now.name() + ".save";
            files.put(path, new DomainFile(path, DomainFile.Role.SAVE_IMAGE, false, Optional.empty()));
        }
        return new Domain(
                now.name(),
                now.uuid(),
                active,
                active ? pidOf.apply(now.name()) : Optional.empty(),
                List.copyOf(files.values()),
                now.directories(),
                now.label(),
                saved);
    }

    /** The definition decides over labels: those of a running guest are filled in by libvirt, and end with it. */
    private static DomainXml merged(DomainXml running, DomainXml defined, Map<String, DomainFile> files) {
        defined.files().forEach(file -> files.putIfAbsent(file.path(), file));
        Set<String> directories = new LinkedHashSet<>(running.directories());
        directories.addAll(defined.directories());
        return new DomainXml(
                running.name(), running.uuid(), running.files(), List.copyOf(directories), defined.label());
    }

    /**
     * A pool that is down, or was not refreshed since the volume was made, does not know it; where its volumes are files
     * the path is known all the same.
     */
    static Optional<String> volumePath(Connect connection, String poolName, String volume) {
        try {
            org.libvirt.StoragePool pool = connection.storagePoolLookupByName(poolName);
            try {
                return Optional.of(pool.storageVolLookupByName(volume).getPath());
            } catch (LibvirtException notKnown) {
                return StoragePoolXml.parse(pool.getXMLDesc(LIVE), true)
                        .target()
                        .map(directory -> directory + "/" + volume);
            } finally {
                pool.free();
            }
        } catch (LibvirtException | MalformedDocumentException noSuchPool) {
            return Optional.empty();
        }
    }

    private static List<StoragePool> pools(Connect connection) throws LibvirtException, MalformedDocumentException {
        List<StoragePool> pools = new ArrayList<>();
        addPools(connection, connection.listStoragePools(), pools);
        addPools(connection, connection.listDefinedStoragePools(), pools);
        return pools;
    }

    private static void addPools(Connect connection, String[] names, List<StoragePool> pools)
            throws LibvirtException, MalformedDocumentException {
        for (String name : names) {
            try {
                org.libvirt.StoragePool pool = connection.storagePoolLookupByName(name);
                try {
                    pools.add(StoragePoolXml.parse(pool.getXMLDesc(LIVE), pool.isActive() == 1));
                } finally {
                    pool.free();
                }
            } catch (LibvirtException e) {
                if (!isGone(e, Error.ErrorNumber.VIR_ERR_NO_STORAGE_POOL)) {
                    throw e;
                }
            }
        }
    }

    static boolean isGone(LibvirtException e, Error.ErrorNumber code) {
        return e.getError() != null && e.getError().getCode() == code;
    }
}
