package io.idagent.ownership;

import io.idagent.platform.FileStatus;
import io.idagent.platform.NameServiceException;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells for one thread, without a lock, whether an owner is of any concern. Owners change rarely from one file to the next,
 * and there are few of them.
 */
final class OwnerCheck {

    private static final int COUNT_EVERY = 4096;

    private final Findings findings;
    private final Known whereAdopted = new Known();
    private final Known elsewhere = new Known();
    private int counted;

    private static final class Known {
        private final Map<Long, Boolean> concerns = new HashMap<>();
        private boolean hasLast;
        private long lastOwner;
        private boolean lastConcerns;
    }

    OwnerCheck(Findings findings) {
        this.findings = findings;
    }

    /** An entry was looked at. */
    void count() {
        if (++counted == COUNT_EVERY) {
            flushCount();
        }
    }

    void flushCount() {
        findings.count(counted);
        counted = 0;
    }

    boolean concern(FileStatus status, boolean adopts) throws NameServiceException {
        Known known = adopts ? whereAdopted : elsewhere;
        long owner = (long) status.uidBits() << 32 | Integer.toUnsignedLong(status.gidBits());
        if (!known.hasLast || owner != known.lastOwner) {
            Boolean concerns = known.concerns.get(owner);
            if (concerns == null) {
                concerns = findings.concern(status.uidBits(), status.gidBits(), adopts);
                known.concerns.put(owner, concerns);
            }
            known.lastConcerns = concerns;
            known.lastOwner = owner;
            known.hasLast = true;
        }
        return known.lastConcerns;
    }
}
