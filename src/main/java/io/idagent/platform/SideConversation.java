package io.idagent.platform;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.libvirt.Connect;
import org.libvirt.Error;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;

/** One connection to the libvirt of one side of a migration, from opening to closing. */
final class SideConversation {

    private static final int ALL = 0;
    private static final int LIVE = 0;
    private static final int INACTIVE = 2;
    private static final int POOL_DEFINITION = 1;

    /** VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE: what is missing is said in the error. */
    private static final int SAY_WHAT_IS_MISSING = 1;

    /** VIR_ERR_INTERNAL_ERROR (an unknown model), _INVALID_ARG (the machine), _CONFIG_UNSUPPORTED, _CPU_INCOMPATIBLE. */
    private static final Set<Integer> ABOUT_THE_CPU = Set.of(1, 8, 67, 91);

    private final String uri;

    SideConversation(String uri) {
        this.uri = uri;
    }

    /** @param shown the address as a person would write it */
    LibvirtSide side(String shown) throws LibvirtException, MalformedDocumentException {
        return LibvirtConversation.connected(uri, connection -> {
            XmlDocument capabilities =
                    XmlDocument.parse("libvirt's capabilities document", connection.getCapabilities(), "capabilities");
            return new LibvirtSide(
                    shown,
                    connection.getHostName(),
                    capabilities.text("host", "uuid").orElse(""),
                    CapabilitiesXml.baseLabel(connection.getCapabilities()),
                    connection.getVersion(),
                    capabilities.first("host", "cpu").map(XmlDocument::asText),
                    guests(connection),
                    pools(connection),
                    Set.of(connection.listNetworks()));
        });
    }

    private static List<LibvirtGuest> guests(Connect connection) throws LibvirtException, MalformedDocumentException {
        List<LibvirtGuest> guests = new ArrayList<>();
        for (org.libvirt.Domain domain : connection.listAllDomains(ALL)) {
            try {
                guests.add(guest(connection, domain));
            } catch (LibvirtException e) {
                // A guest that was shut down or undefined since the list was made.
                if (!LibvirtConversation.isGone(e, Error.ErrorNumber.VIR_ERR_NO_DOMAIN)) {
                    throw e;
                }
            } finally {
                domain.free();
            }
        }
        return guests;
    }

    private static LibvirtGuest guest(Connect connection, org.libvirt.Domain domain)
            throws LibvirtException, MalformedDocumentException {
        DomainXml.Volumes volumes = (pool, volume) -> LibvirtConversation.volumePath(connection, pool, volume);
        boolean active = domain.isActive() == 1;
        boolean persistent = domain.isPersistent() == 1;
        GuestDescription now = GuestXml.parse(domain.getXMLDesc(LIVE), volumes);
        GuestDescription defined = active && persistent ? GuestXml.parse(domain.getXMLDesc(INACTIVE), volumes) : now;
        List<String> snapshots = domain.snapshotNum() > 0 ? List.of(domain.snapshotListNames()) : List.of();
        return new LibvirtGuest(
                active,
                persistent,
                isPaused(domain),
                domain.getAutostart(),
                now,
                defined,
                snapshots,
                checkpoints(domain));
    }

    private static boolean isPaused(org.libvirt.Domain domain) throws LibvirtException {
        return domain.getInfo().state == org.libvirt.DomainInfo.DomainState.VIR_DOMAIN_PAUSED;
    }

    private static List<String> checkpoints(org.libvirt.Domain domain) throws LibvirtException {
        try {
            return List.of(domain.checkpointListNames());
        } catch (UnsatisfiedLinkError beforeLibvirt56) {
            return List.of(); // It has none.
        } catch (LibvirtException e) {
            if (LibvirtConversation.isGone(e, Error.ErrorNumber.VIR_ERR_NO_SUPPORT)) {
                return List.of();
            }
            throw e;
        }
    }

    private static List<LibvirtSide.PoolOwner> pools(Connect connection)
            throws LibvirtException, MalformedDocumentException {
        List<String> names = new ArrayList<>(List.of(connection.listStoragePools()));
        names.addAll(List.of(connection.listDefinedStoragePools()));
        List<LibvirtSide.PoolOwner> pools = new ArrayList<>();
        for (String name : names) {
            try {
                org.libvirt.StoragePool pool = connection.storagePoolLookupByName(name);
                try {
                    pools.add(StoragePoolXml.owner(pool.getXMLDesc(POOL_DEFINITION)));
                } finally {
                    pool.free();
                }
            } catch (LibvirtException e) {
                if (!LibvirtConversation.isGone(e, Error.ErrorNumber.VIR_ERR_NO_STORAGE_POOL)) {
                    throw e;
                }
            }
        }
        return pools;
    }

    /** Asking about the hypervisor may start one for a moment: libvirt lets only those ask who may change things. */
    List<Optional<String>> compare(List<CpuQuestion> questions) throws LibvirtException, MalformedDocumentException {
        Connect.setErrorCallback(LibvirtConversation.SILENCE);
        PointedConnect connection = new PointedConnect(uri);
        try {
            List<Optional<String>> answers = new ArrayList<>();
            for (CpuQuestion question : questions) {
                int result = Calls.INSTANCE.virConnectCompareHypervisorCPU(
                        connection.pointer(),
                        question.emulator().orElse(null),
                        question.arch().orElse(null),
                        question.machine().orElse(null),
                        question.virtType(),
                        question.cpu(),
                        SAY_WHAT_IS_MISSING);
                answers.add(answer(result));
            }
            return answers;
        } finally {
            connection.close();
        }
    }

    private static Optional<String> answer(int result) {
        if (result > 0) {
            return Optional.empty();
        }
        String message = Calls.INSTANCE.virGetLastErrorMessage();
        // A right that is missing, or an older libvirt without this question, says nothing about the CPU.
        if (result < 0 && !ABOUT_THE_CPU.contains(Calls.INSTANCE.virGetLastErrorCode())) {
            throw new IllegalStateException(message);
        }
        return Optional.of(message);
    }

    /** What libvirt-java has no method for takes the connection itself. */
    private static final class PointedConnect extends Connect {

        PointedConnect(String uri) throws LibvirtException {
            super(uri);
        }

        ConnectionPointer pointer() {
            return vcp;
        }
    }

    /** Since libvirt 4.4. virConnectCompareCPU looks at the host's CPU only, which an emulated one does not depend on. */
    public interface Calls extends Library {

        Calls INSTANCE = Native.load("virt", Calls.class);

        int virConnectCompareHypervisorCPU(
                ConnectionPointer connection,
                String emulator,
                String arch,
                String machine,
                String virtType,
                String cpu,
                int flags);

        String virGetLastErrorMessage();

        int virGetLastErrorCode();
    }
}
