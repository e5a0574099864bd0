package io.idagent.assessment;

/**
 * Something a person should know, which forbids nothing.
 *
 * @param advice what to do about it; may be empty
 */
public record Finding(Kind kind, String sentence, String advice) {

    public enum Kind {
        /** A number that the account had before was given to somebody else: files with it are not touched. */
        FORMER_ID_REUSED,
        /** An account of ours keeps a former number from being given to others, because files carry it. */
        FORMER_ID_RESERVED,
        /** Files carry the target number although nobody has it yet. */
        TARGET_ID_ON_FILES,
        /** qemu does not run as the account here. */
        QEMU_RUNS_AS_OTHER,
        /** Files without a named owner that are not the account's. */
        OTHER_ORPHANS,
        /** Files with former ids on storage that other hosts may be using. */
        SHARED_STORAGE,
        /** libvirt has noted former ids as owners to give files back to, but does not believe these notes any more. */
        STALE_OWNER_RECORDS,
        /** A part of the roots could not be looked at. */
        NOT_SEEN,
        /** Other hosts that still have this host's old number cannot exchange guests with it once it is converted. */
        SAME_OLD_NUMBER,
        /** A conversion failed and was undone. */
        LAST_ATTEMPT_FAILED,
        /** A conversion was taken back on request. */
        ROLLED_BACK
    }
}
