package io.idagent.conversion;

import io.idagent.platform.ServiceException;
import io.idagent.platform.Services;

/** Holds libvirt's daemons back from every start, then stops those that are up. Running guests are not touched. */
final class CloseLibvirtStep implements StepAction {

    private final Services services;

    CloseLibvirtStep(Services services) {
        this.services = services;
    }

    @Override
    public String run(Undertaking work) throws ServiceException {
        LibvirtUnits units = work.plan().libvirt();
        services.hold(units.all());
        if (!units.wereUp().isEmpty()) {
            work.libvirtIsDown();
        }
        services.stop(units.all());
        return String.join(", ", units.wereUp());
    }

    @Override
    public void undo(Undertaking work) throws ServiceException {
        new OpenLibvirtStep(services).run(work);
    }
}
