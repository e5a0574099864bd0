package io.idagent.platform;

import java.util.Optional;

/**
 * A file or block device that libvirt opens up to qemu when a domain starts.
 *
 * @param path as libvirt has it; text, because a Java path cannot hold every name in every locale
 * @param readOnly qemu only reads it: a backing file, a CD, a disk marked so
 * @param label what the domain says about the owner of this one file
 */
public record DomainFile(String path, Role role, boolean readOnly, Optional<DacLabel> label) {

    /** What the file is to the domain. */
    public enum Role {
        DISK,
        BACKING_FILE,
        NVRAM,
        SAVE_IMAGE
    }
}
