package io.idagent.health;

import io.idagent.agent.StatusMetrics;
import io.idagent.agent.VersionNumber;
import io.idagent.daemon.Daemon;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Publishes {@link StatusMetrics} at /q/metrics. */
@ApplicationScoped
public class PrometheusMetrics {

    private final Daemon daemon;
    private final MeterRegistry registry;

    public PrometheusMetrics(Daemon daemon, MeterRegistry registry) {
        this.daemon = daemon;
        this.registry = registry;
    }

    void start(@Observes StartupEvent event) {
        StatusMetrics metrics = new StatusMetrics(registry, daemon::published, VersionNumber.get());
        daemon.onPublished(metrics::refresh);
    }
}
