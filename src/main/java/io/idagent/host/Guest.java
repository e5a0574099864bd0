package io.idagent.host;

import io.idagent.platform.Uid;
import java.util.Optional;

/**
 * A virtual machine that runs: an active domain of libvirt, or a qemu process, whoever started it.
 *
 * @param name of the domain, or what qemu was told by {@code -name}, or the program
 * @param pid of its qemu; empty for an active domain whose process was not found
 * @param activeDomain libvirt's system instance counts it among its own
 * @param runsAs the effective uid of its qemu
 * @param ids the watched numbers it runs under; empty for a qemu of somebody else
 * @param credentials all numbers it runs under
 */
public record Guest(
        String name,
        Optional<Integer> pid,
        boolean activeDomain,
        Optional<Uid> runsAs,
        WatchedIds ids,
        WatchedIds credentials) {}
