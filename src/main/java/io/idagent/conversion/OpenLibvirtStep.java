package io.idagent.conversion;

import io.idagent.platform.ServiceException;
import io.idagent.platform.Services;

/** Lets libvirt's daemons start again, and starts those that were up before, and what was stopped along with them. */
final class OpenLibvirtStep implements StepAction {

    private final Services services;

    OpenLibvirtStep(Services services) {
        this.services = services;
    }

    @Override
    public String run(Undertaking work) throws ServiceException {
        LibvirtUnits units = work.plan().libvirt();
        services.release(units.all());
        if (services.isShuttingDown()) {
            work.note("The system is going down: libvirt is left to the next boot.");
            return "left to the next boot";
        }
        services.start(units.wereUp());
        work.libvirtIsUp();
        // libvirtd.service wants its sockets, and starts those too that an administrator has switched off.
        services.stop(units.wereDown());
        services.start(units.dependents());
        return "";
    }
}
