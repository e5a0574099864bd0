package io.idagent.ownership;

import java.nio.file.Path;

/**
 * A directory tree (or a single file) in which files of the account live.
 *
 * @param path absolute, as seen inside the {@link TreeBase}
 * @param adoptsOrphans whether files without a named owner may be given to the account here: libvirt's own directories,
 *     and what libvirt names. Of roots inside each other the innermost decides
 */
public record Root(Path path, boolean adoptsOrphans) {

    public Root {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("a root must be an absolute path, not '" + path + "'");
        }
    }
}
