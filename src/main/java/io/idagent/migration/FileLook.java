package io.idagent.migration;

import io.idagent.platform.Gid;
import io.idagent.platform.Mount;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.util.Optional;

/**
 * One file as one side sees it.
 *
 * @param mount that holds it; empty if that cannot be told
 * @param closedDirectory the first on its path that the account cannot enter
 * @param accountMay "r" and "w", as far as the account may
 */
public record FileLook(
        String path,
        Optional<Entry> entry,
        String whyNot,
        Optional<Mount> mount,
        Optional<String> closedDirectory,
        String accountMay) {

    /**
     * @param identity what is the same on two hosts exactly if they see the same file: inode and size, not the device
     * @param mode the lower twelve bits
     * @param kind "regular file", "block special file"
     */
    public record Entry(String identity, Uid uid, Gid gid, int mode, String kind) {

        Owner owner() {
            return new Owner(uid, gid);
        }
    }

    boolean isThere() {
        return entry.isPresent();
    }

    boolean isRegular() {
        return entry.filter(found -> found.kind().startsWith("regular")).isPresent();
    }

    /** A file that only this host has, as far as libvirt knows. */
    boolean isLocalFile() {
        return isRegular() && mount.isPresent() && !SharedFileSystems.isSharedToLibvirt(mount);
    }

    String fileSystem() {
        return mount.map(Mount::type).orElse("an unknown file system");
    }
}
