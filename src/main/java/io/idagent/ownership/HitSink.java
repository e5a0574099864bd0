package io.idagent.ownership;

import java.io.IOException;

/** Where a scan puts what it finds, in the order in which it finds it. */
@FunctionalInterface
public interface HitSink {

    /** @throws IOException ends the scan */
    void hit(Hit hit) throws IOException;
}
