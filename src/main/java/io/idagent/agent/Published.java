package io.idagent.agent;

import io.idagent.assessment.Readiness;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What the daemon last found, as everybody who asks over HTTP gets it: nobody who asks waits for a look. */
public record Published(
        StatusDocument status, Readiness readiness, Map<String, Long> conversionsByResult, Instant inspectedAt) {

    public Published {
        conversionsByResult = Map.copyOf(conversionsByResult);
    }

    public Published withGrants(Optional<GrantsDocument> grants) {
        return new Published(status.withGrants(grants), readiness, conversionsByResult, inspectedAt);
    }
}
