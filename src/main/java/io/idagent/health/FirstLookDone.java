package io.idagent.health;

import io.idagent.daemon.Daemon;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** UP once the host was looked at. */
@Startup
@ApplicationScoped
public class FirstLookDone implements AsyncHealthCheck {

    private final Daemon daemon;

    public FirstLookDone(Daemon daemon) {
        this.daemon = daemon;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return Uni.createFrom()
                .item(HealthCheckResponse.named("first look done")
                        .status(daemon.published().isPresent())
                        .build());
    }
}
