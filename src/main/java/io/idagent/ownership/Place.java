package io.idagent.ownership;

import io.idagent.platform.FileSystemKind;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;

/**
 * A mount that the walk has come to, and what it may do there.
 *
 * @param isEntered whether its entries are looked at
 * @param isShared whether another host may be using it, or nobody knows
 * @param isOnlyCounted whether what is found there is not sent to the sink
 * @param isSeenTwice whether the same files may be met in another place too
 * @param hasAutomounts whether to open one of its directories may start an automount
 * @param mayHaveAttributes whether attributes are looked at: not on shared storage, where each look is a question to the
 *     server about a file that is only counted
 */
record Place(
        Mount mount,
        boolean isEntered,
        boolean isShared,
        boolean isOnlyCounted,
        boolean isSeenTwice,
        boolean hasAutomounts,
        boolean mayHaveAttributes) {

    static Place of(Mount mount, MountTable table, ScanRequest request) {
        FileSystemKind kind = mount.kind();
        boolean shared = kind == FileSystemKind.SHARED || kind == FileSystemKind.UNKNOWN;
        boolean onlyCounted = shared && request.shared() != SharedStorage.CONVERT;
        boolean entered = kind == FileSystemKind.LOCAL || shared && request.shared() != SharedStorage.IGNORE;
        return new Place(
                mount,
                entered,
                shared,
                onlyCounted,
                table.isSeenTwice(mount),
                table.hasAutomountsIn(mount),
                !onlyCounted && request.inDepth());
    }

    long mountId() {
        return mount.id();
    }
}
