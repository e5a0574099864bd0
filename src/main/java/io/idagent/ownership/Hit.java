package io.idagent.ownership;

import io.idagent.platform.FileType;
import io.idagent.platform.RawPath;

/** One thing that the rules have something to say about: what a change needs to know, and what an undo does. */
public sealed interface Hit permits OwnerHit, AttributeHit {

    /** Inside the base; no part of it was a symbolic link, but for the file itself. */
    RawPath path();

    /** Tells the file from another that has taken its name. */
    long inode();

    FileType type();

    Reason reason();

    /** False for {@link Reason#ALREADY_TARGET}. */
    boolean changes();

    /** The way back. */
    Hit reversed();
}
