package io.idagent.platform;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What libvirt says about one of the two hosts of a migration.
 *
 * @param hostName from which libvirt makes the address that guests are sent to
 * @param hostUuid by which libvirt tells hosts apart
 * @param baseLabel the owner under which it starts qemu now; empty if it does not use the DAC driver
 * @param qemuVersion major * 1,000,000 + minor * 1,000 + release
 * @param networks that are up, by name
 * @param hostCpu the element of the capabilities
 */
public record LibvirtSide(
        String uri,
        String hostName,
        String hostUuid,
        Optional<Owner> baseLabel,
        long qemuVersion,
        Optional<String> hostCpu,
        List<LibvirtGuest> guests,
        List<PoolOwner> pools,
        Set<String> networks) {

    public LibvirtSide {
        guests = List.copyOf(guests);
        pools = List.copyOf(pools);
        networks = Set.copyOf(networks);
    }

    /** To whom a storage pool's definition gives its directory. -1, which means nobody, is left out. */
    public record PoolOwner(String pool, Optional<Uid> uid, Optional<Gid> gid) {}
}
