package io.idagent.ownership;

import io.idagent.platform.FileSystemKind;
import io.idagent.platform.Mount;

/**
 * A mount that the walk has come to, and what it may do there.
 *
 * @param isEntered whether its entries are looked at
 * @param isShared whether another host may be using it, or nobody knows
 * @param isOnlyCounted whether what is found there is not sent to the sink
 * @param isSeenTwice whether the same files may be met in another place too
 * @param mayHaveAttributes whether attributes are looked at: not on shared storage, where each look is a question to the
 *     server about a file that is only counted
 */
record Place(
        Mount mount,
        boolean isEntered,
        boolean isShared,
        boolean isOnlyCounted,
        boolean isSeenTwice,
        boolean mayHaveAttributes) {

    static Place of(Mount mount, boolean isSeenTwice, ScanRequest request) {
        FileSystemKind kind = mount.kind();
        boolean shared = kind == FileSystemKind.SHARED || kind == FileSystemKind.UNKNOWN;
        boolean onlyCounted = shared && request.shared() != SharedStorage.CONVERT;
        boolean entered = kind == FileSystemKind.LOCAL || shared && request.shared() != SharedStorage.IGNORE;
        return new Place(mount, entered, shared, onlyCounted, isSeenTwice, !onlyCounted && request.inDepth());
    }

    long mountId() {
        return mount.id();
    }
}
