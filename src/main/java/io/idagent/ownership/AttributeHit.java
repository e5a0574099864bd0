package io.idagent.ownership;

import io.idagent.platform.FileType;
import io.idagent.platform.RawPath;

/**
 * A file of which an extended attribute changes, because a number of an owner stands in it.
 *
 * @param before the value that was found, whole: an undo sets it again as it was
 * @param after the value that it is to get; equal to {@code before} for {@link Reason#ALREADY_TARGET}
 */
public record AttributeHit(
        RawPath path,
        long inode,
        FileType type,
        OwnerAttribute attribute,
        AttributeValue before,
        AttributeValue after,
        Reason reason)
        implements Hit {

    /** The same attribute, to be given another value. */
    public AttributeHit withAfter(AttributeValue other) {
        return new AttributeHit(path, inode, type, attribute, before, other, reason);
    }

    @Override
    public boolean changes() {
        return !before.equals(after);
    }

    @Override
    public AttributeHit reversed() {
        return new AttributeHit(path, inode, type, attribute, after, before, reason);
    }
}
