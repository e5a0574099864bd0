package io.idagent.platform;

import java.util.List;
import java.util.Optional;

/**
 * A guest as libvirt defines it.
 *
 * @param active it runs now
 * @param pid of its qemu, if it runs and libvirt's pid file could be read
 * @param files each once, by path
 * @param directories those of this host that the guest sees as file systems (9p, virtiofs): numbers in there are its own
 * @param label what the domain says about owners; empty for most, which leave that to qemu.conf
 */
public record Domain(
        String name,
        String uuid,
        boolean active,
        Optional<Integer> pid,
        List<DomainFile> files,
        List<String> directories,
        Optional<DacLabel> label,
        boolean hasManagedSave) {

    public Domain {
        files = List.copyOf(files);
        directories = List.copyOf(directories);
    }
}
