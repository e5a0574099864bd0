package io.idagent.host;

import io.idagent.platform.LibvirtReport;
import io.idagent.platform.QemuConf;
import io.idagent.platform.Unit;
import java.util.List;
import java.util.Optional;

/**
 * libvirt on this host.
 *
 * @param units its daemons; an empty list: it is not installed
 * @param report empty: there is no libvirt to ask
 * @param qemuConf as which user and group qemu runs
 */
public record LibvirtFacts(Fact<List<Unit>> units, Fact<Optional<LibvirtReport>> report, Fact<QemuConf> qemuConf) {

    public static final LibvirtFacts NONE =
            new LibvirtFacts(Fact.known(List.of()), Fact.known(Optional.empty()), Fact.known(QemuConf.DEBIAN_DEFAULTS));

    public boolean isInstalled() {
        return !units.isKnown() || !units.orElse(List.of()).isEmpty();
    }
}
