package io.idagent.ownership;

import java.time.Duration;

/**
 * How much a scan may take.
 *
 * @param maxThreads that many at once ask a file system that answers slowly; one that answers at once is asked by as many as
 *     there are processors
 * @param patience a file system that has not answered one question for so long is given up
 */
public record ScanLimits(int maxThreads, Duration patience) {

    public static final ScanLimits DEFAULT = new ScanLimits(64, Duration.ofSeconds(60));

    public ScanLimits {
        if (maxThreads < 1) {
            throw new IllegalArgumentException(maxThreads + " threads cannot walk");
        }
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("a file system must be given time to answer, not " + patience);
        }
    }
}
