package io.idagent.platform;

import java.util.List;

/** The service manager of the host, as far as libvirt's own daemons are concerned. */
public interface Services {

    /** The daemons that keep the account's numbers: libvirtd (one for all) or virtqemud (one a driver). */
    List<Unit> libvirtUnits() throws ServiceException;

    /** Active units that are stopped along when these are: they must be started again by name. */
    List<String> activeDependents(List<String> units) throws ServiceException;

    /** Forbids every start of these units, by anybody, until {@link #release}; safe to repeat. */
    void hold(List<String> units) throws ServiceException;

    /** Takes {@link #hold} back; safe to repeat, also where nothing is held. */
    void release(List<String> units) throws ServiceException;

    /** Returns when none of them is up any more. */
    void stop(List<String> units) throws ServiceException;

    /** Returns when all of them are up. */
    void start(List<String> units) throws ServiceException;

    /** While the system goes down nothing can be started, and need not be: the next boot does it. */
    boolean isShuttingDown() throws ServiceException;

    /** Recovery at boot comes before libvirt: who asked libvirt then would wait for an answer that waits for him. */
    boolean libvirtWaitsForUs() throws ServiceException;
}
