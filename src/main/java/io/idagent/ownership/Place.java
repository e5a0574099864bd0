package io.idagent.ownership;

import io.idagent.platform.FileSystemKind;
import io.idagent.platform.Mount;

/**
 * A mount that the walk has come to, and what it may do there.
 *
 * @param isEntered whether its entries are looked at
 * @param isShared whether what is found there is only counted
 * @param isSeenTwice whether the same files may be met in another place too
 * @param mayHaveAttributes whether attributes are looked at: not on shared storage, where each look is a question to the
 *     server about a file that is only counted
 */
record Place(Mount mount, boolean isEntered, boolean isShared, boolean isSeenTwice, boolean mayHaveAttributes) {

    static Place of(Mount mount, boolean isSeenTwice, ScanRequest request) {
        FileSystemKind kind = mount.kind();
        boolean shared = kind == FileSystemKind.SHARED || kind == FileSystemKind.UNKNOWN;
        boolean entered = kind == FileSystemKind.LOCAL || shared && request.shared() == SharedStorage.REPORT;
        return new Place(mount, entered, shared, isSeenTwice, !shared && request.inDepth());
    }

    long mountId() {
        return mount.id();
    }
}
