package io.idagent.platform;

import java.util.List;
import java.util.Optional;

/**
 * A guest as libvirt defines it.
 *
 * @param active it runs now
 * @param pid of its qemu, if it runs and libvirt's pid file could be read
 * @param files each once, by path
 * @param label what the domain says about owners; empty for most, which leave that to qemu.conf
 */
public record Domain(
        String name,
        String uuid,
        boolean active,
        Optional<Integer> pid,
        List<DomainFile> files,
        Optional<DacLabel> label,
        boolean hasManagedSave) {

    public Domain {
        files = List.copyOf(files);
    }
}
