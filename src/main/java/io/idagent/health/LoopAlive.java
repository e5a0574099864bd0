package io.idagent.health;

import io.idagent.daemon.Daemon;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * UP while the loop turns: the last look is younger than three intervals.
 *
 * <p>Like the other checks it waits for nothing, and is asynchronous to be answered by the thread that has read the request:
 * Quarkus gives others to a second one.
 */
@Liveness
@ApplicationScoped
public class LoopAlive implements AsyncHealthCheck {

    private final Daemon daemon;
    private final long startedAt = System.nanoTime();

    public LoopAlive(Daemon daemon) {
        this.daemon = daemon;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        Duration limit = daemon.settings().daemon().interval().multipliedBy(3);
        Duration age = daemon.age().orElse(Duration.ofNanos(System.nanoTime() - startedAt));
        return Uni.createFrom()
                .item(HealthCheckResponse.named("the loop turns")
                        .status(age.compareTo(limit) < 0)
                        .withData("seconds_since_last_look", age.toSeconds())
                        .withData("limit_seconds", limit.toSeconds())
                        .build());
    }
}
