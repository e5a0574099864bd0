package io.idagent.ownership;

import io.idagent.platform.FileType;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;

/**
 * One file that the rules have something to say about: what a change needs to know, and what an undo does.
 *
 * @param path inside the base; no part of it was a symbolic link, but for the file itself
 * @param inode tells the file from another that has taken its name
 * @param permissions the lower 12 bits of the mode, before the change
 * @param before the owner that was found
 * @param after the owner that it is to get; equal to {@code before} for {@link Reason#ALREADY_TARGET}
 * @param size in bytes
 */
public record Hit(
        RawPath path, long inode, FileType type, int permissions, Owner before, Owner after, Reason reason, long size) {

    /** The same file, to be given to somebody else. */
    public Hit withAfter(Owner other) {
        return new Hit(path, inode, type, permissions, before, other, reason, size);
    }

    /** The way back. */
    public Hit reversed() {
        return new Hit(path, inode, type, permissions, after, before, reason, size);
    }
}
