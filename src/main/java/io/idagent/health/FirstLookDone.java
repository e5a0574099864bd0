package io.idagent.health;

import io.idagent.daemon.Daemon;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** UP once the host was looked at. */
@Startup
@ApplicationScoped
public class FirstLookDone implements HealthCheck {

    private final Daemon daemon;

    public FirstLookDone(Daemon daemon) {
        this.daemon = daemon;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("first look done")
                .status(daemon.published().isPresent())
                .build();
    }
}
