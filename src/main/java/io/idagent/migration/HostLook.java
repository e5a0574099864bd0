package io.idagent.migration;

import io.idagent.platform.FileSystemKind;
import io.idagent.platform.Gid;
import io.idagent.platform.Mount;
import io.idagent.platform.Uid;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One side as its own shell sees it.
 *
 * @param name what it calls itself
 * @param resolvesTo the addresses its own name has there
 * @param addresses its own, all of them
 * @param users the numbers of those accounts that it has, by name
 * @param settings of libvirt's configuration, as far as they matter here: "qemu.conf user" -> "+109"
 * @param etcLibvirt the mount that holds /etc/libvirt
 * @param interfaces its network cards and bridges
 * @param memoryAvailable in bytes, without swapping (MemAvailable of proc(5))
 * @param clusterManager a program that starts guests by itself where it thinks they should run
 * @param peerAt the addresses that it has for the name of the other side's host
 */
public record HostLook(
        String name,
        List<String> resolvesTo,
        Set<String> addresses,
        Map<String, Uid> users,
        Map<String, Gid> groups,
        Map<String, String> settings,
        Optional<Mount> etcLibvirt,
        List<String> peerAt,
        Optional<String> clusterManager,
        Set<String> interfaces,
        OptionalLong memoryAvailable,
        Map<String, FileLook> files) {

    Optional<FileLook> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    Optional<String> setting(String key) {
        return Optional.ofNullable(settings.get(key));
    }

    boolean sharesEtcLibvirt() {
        return etcLibvirt.filter(mount -> mount.kind() == FileSystemKind.SHARED).isPresent();
    }
}
