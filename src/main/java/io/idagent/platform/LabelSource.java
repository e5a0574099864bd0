package io.idagent.platform;

import java.util.Optional;

/** Says as which uid and gid libvirt would start a guest now. */
public interface LabelSource {

    /**
     * @return empty if libvirt does not label by uid and gid
     * @throws LibvirtUnavailableException if libvirt is not installed, does not answer in time, or answers nonsense
     */
    Optional<Owner> askBaseLabel() throws LibvirtUnavailableException, InterruptedException;
}
