package io.idagent.conversion;

import java.util.List;

/**
 * libvirt's daemons as they were before a conversion touched them.
 *
 * @param all held down while ids change
 * @param wereUp started again at the end; a service that slept behind its listening socket counts as up
 * @param dependents other active units, which stop along with these
 */
public record LibvirtUnits(List<String> all, List<String> wereUp, List<String> dependents) {

    public static final LibvirtUnits NONE = new LibvirtUnits(List.of(), List.of(), List.of());

    public LibvirtUnits {
        all = List.copyOf(all);
        wereUp = List.copyOf(wereUp);
        dependents = List.copyOf(dependents);
    }

    List<String> wereDown() {
        return all.stream().filter(unit -> !wereUp.contains(unit)).toList();
    }
}
