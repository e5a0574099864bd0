package io.idagent.ownership;

import io.idagent.platform.FileStatus;

/** What tells one file from all others, as long as nothing is unmounted. */
record FileIdentity(long mountId, long device, long inode) {

    static FileIdentity of(FileStatus status) {
        return new FileIdentity(status.mountId(), status.device(), status.inode());
    }

    /** The same file, though perhaps by way of another mount. */
    boolean isSameFileAs(FileIdentity other) {
        return device == other.device && inode == other.inode;
    }
}
