package io.idagent.ownership;

import io.idagent.platform.FileType;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;

/**
 * A file whose owner changes.
 *
 * @param permissions the lower 12 bits of the mode, before the change
 * @param before the owner that was found
 * @param after the owner that it is to get; equal to {@code before} for {@link Reason#ALREADY_TARGET}
 * @param size in bytes
 */
public record OwnerHit(
        RawPath path, long inode, FileType type, int permissions, Owner before, Owner after, Reason reason, long size)
        implements Hit {

    /** The same file, to be given to somebody else. */
    public OwnerHit withAfter(Owner other) {
        return new OwnerHit(path, inode, type, permissions, before, other, reason, size);
    }

    @Override
    public boolean changes() {
        return !before.equals(after);
    }

    @Override
    public OwnerHit reversed() {
        return new OwnerHit(path, inode, type, permissions, after, before, reason, size);
    }
}
