package io.idagent.conversion;

import java.util.List;
import java.util.regex.Pattern;

/**
 * libvirt's daemons as they were before a conversion touched them.
 *
 * @param all held down while ids change
 * @param wereUp started again at the end; a service that slept behind its listening socket counts as up
 * @param dependents other active units, which stop along with these
 */
public record LibvirtUnits(List<String> all, List<String> wereUp, List<String> dependents) {

    public static final LibvirtUnits NONE = new LibvirtUnits(List.of(), List.of(), List.of());

    /** systemd.unit(5), and the names of scripts. Files are named after units: no name may lead elsewhere. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:_@][A-Za-z0-9:_.\\\\@-]*");

    public LibvirtUnits {
        all = List.copyOf(all);
        wereUp = List.copyOf(wereUp);
        dependents = List.copyOf(dependents);
        List.of(all, wereUp, dependents).forEach(units -> units.forEach(LibvirtUnits::refuseNoName));
    }

    private static void refuseNoName(String unit) {
        if (!NAME.matcher(unit).matches()) {
            throw new IllegalArgumentException("'" + unit + "' is no name of a unit");
        }
    }

    List<String> wereDown() {
        return all.stream().filter(unit -> !wereUp.contains(unit)).toList();
    }
}
