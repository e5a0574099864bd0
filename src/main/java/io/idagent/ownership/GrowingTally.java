package io.idagent.ownership;

import io.idagent.platform.RawPath;

/** A {@link Tally} that is still being counted. */
final class GrowingTally {

    private final Smallest<RawPath> firstPaths = new Smallest<>(Tally.PATHS);
    private long files;
    private long bytes;

    void add(long size, RawPath path) {
        files++;
        bytes += size;
        firstPaths.add(path);
    }

    Tally tally() {
        return new Tally(
                files,
                bytes,
                firstPaths.inOrder().stream().map(RawPath::toString).toList());
    }
}
