package io.idagent.ownership;

/** Why a file is in the list. */
public enum Reason {
    /** At least one half of its owner is an id that the account must give up. */
    FORMER_ID,
    /** At least one half of its owner has no name and is given to the account; neither half is a former id. */
    ORPHAN,
    /** Nothing changes: it had a target id before anything was done, and a rollback must leave it alone. */
    ALREADY_TARGET
}
