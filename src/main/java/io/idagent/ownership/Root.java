package io.idagent.ownership;

import java.nio.file.Path;

/**
 * A directory tree (or a single file) in which files of the account live.
 *
 * @param path absolute, as seen inside the {@link TreeBase}
 * @param adoptsOrphans whether files without a named owner may be given to the account here: libvirt's own directories,
 *     and what libvirt names. Of roots inside each other the innermost decides
 * @param adoptsBelow whether that holds in its subdirectories as well. What libvirt knows of a storage pool are the entries of
 *     one directory: what lies deeper may be a container's, or a backup of another host
 */
public record Root(Path path, boolean adoptsOrphans, boolean adoptsBelow) {

    public static Root adopting(Path path) {
        return new Root(path, true, true);
    }

    public static Root adoptingEntries(Path path) {
        return new Root(path, true, false);
    }

    public static Root reporting(Path path) {
        return new Root(path, false, false);
    }

    public Root {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("a root must be an absolute path, not '" + path + "'");
        }
    }
}
