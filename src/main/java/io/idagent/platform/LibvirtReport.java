package io.idagent.platform;

import java.util.List;
import java.util.Optional;

/**
 * What the running libvirt daemon says about itself.
 *
 * @param baseLabel the owner under which it starts qemu now: the numbers it found when it started. Empty if it does not
 *     use the DAC driver
 */
public record LibvirtReport(Optional<Owner> baseLabel, List<Domain> domains, List<StoragePool> pools) {

    public LibvirtReport {
        domains = List.copyOf(domains);
        pools = List.copyOf(pools);
    }
}
