package io.idagent.migration;

import java.util.Optional;

/**
 * Something that stands in the way of a migration, or will after it.
 *
 * @param domain empty: it concerns a host, and so every guest
 * @param sentence what is wrong
 * @param why it matters
 * @param mend the command that mends it, or what to do where no single command does
 */
public record MigrationFinding(
        Severity severity, Kind kind, Optional<String> domain, String sentence, String why, String mend) {

    public enum Severity {
        /** The migration fails, or the guest does not work after it. */
        ERROR,
        /** It works, and something is risked. */
        WARNING,
        /** Could not be looked at. */
        UNKNOWN
    }

    public enum Kind {
        OTHER_SIDE_NOT_SEEN,
        SAME_HOST,
        MANAGED_ELSEWHERE,
        GUEST_PAUSED,
        NAME_TAKEN,
        IDS_DIFFER,
        IDS_NOT_TARGET,
        BASE_LABEL_STALE,
        ACCOUNTS_DIFFER,
        NUMERIC_USER,
        LABEL_NAMES_FORMER_ID,
        POOL_NAMES_FORMER_ID,
        FORMAT_MISMATCH,
        FORMAT_PROBING,
        BACKING_FORMAT_MISSING,
        IMAGE_UNREACHABLE,
        IMAGE_WORLD_WRITABLE,
        NOT_SHARED,
        SNAPSHOTS_LOST,
        SNAPSHOTS_KEPT,
        CHECKPOINTS_LOST,
        DIRECTORY_CLOSED,
        CACHE_MODE,
        MEMORY_LACKING,
        NETWORK_LACKING,
        GRAPHICS_ADDRESS,
        HOST_DEVICE,
        CPU_LACKING,
        HOST_NAME,
        ETC_LIBVIRT_SHARED,
        AUTH_TCP_NONE,
        NOT_SEEN
    }
}
