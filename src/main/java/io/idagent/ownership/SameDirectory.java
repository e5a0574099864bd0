package io.idagent.ownership;

import io.idagent.platform.DirectoryEntries;
import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.LibC;
import io.idagent.platform.OpenFlags;
import io.idagent.platform.RawPath;
import java.util.List;

/** Finds a file again that was renamed within its directory, as is done with an image before another one takes its place. */
final class SameDirectory {

    private final LibC libC;
    private final PathPin pins;

    SameDirectory(LibC libC, PathPin pins) {
        this.libC = libC;
        this.pins = pins;
    }

    /**
     * @param path under which it lay
     * @param status is filled with what is found
     * @return an O_PATH descriptor for the caller to close, or a negative errno: -ENOENT if no regular file there has it
     */
    int pin(TreeBase base, RawPath path, long inode, FileStatus status) {
        List<byte[]> names = path.names();
        int parent = pins.pin(base, RawPath.ofNames(names.subList(0, names.size() - 1)));
        if (parent < 0) {
            return parent;
        }
        int directory = libC.reopen(parent, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        libC.close(parent);
        if (directory < 0) {
            return directory;
        }
        try {
            return pinIn(directory, inode, status);
        } finally {
            libC.close(directory);
        }
    }

    private int pinIn(int directory, long inode, FileStatus status) {
        DirectoryEntries entries = new DirectoryEntries();
        while (libC.getdents64(directory, entries) > 0) {
            while (entries.next()) {
                int pin = entries.isDirectory() ? -Errno.ENOENT : libC.openat(directory, entries.name(), OpenFlags.PIN);
                if (pin < 0) {
                    continue;
                }
                boolean isIt = libC.statx(pin, LibC.AT_STATX_FORCE_SYNC, status) >= 0
                        && status.inode() == inode
                        && status.type() == FileType.REGULAR;
                if (isIt) {
                    return pin;
                }
                libC.close(pin);
            }
        }
        return -Errno.ENOENT;
    }
}
