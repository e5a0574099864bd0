package io.idagent.health;

import io.idagent.agent.Published;
import io.idagent.agent.StatusDocument;
import io.idagent.assessment.Readiness;
import io.idagent.daemon.Daemon;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** UP when this host can take part in live migration over shared storage. From the last look; waits for nothing. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
public class HostReady implements AsyncHealthCheck {

    private final Daemon daemon;
    private final OncePerLook<HealthCheckResponse> responses = new OncePerLook<>(this::response);

    public HostReady(Daemon daemon) {
        this.daemon = daemon;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return Uni.createFrom().item(daemon.published().map(responses::of).orElseGet(HostReady::notLookedAt));
    }

    private static HealthCheckResponse notLookedAt() {
        return named().down()
                .withData("sentence", "the host was not looked at yet")
                .build();
    }

    private HealthCheckResponse response(Published published) {
        HealthCheckResponseBuilder response = named();
        StatusDocument status = PublicStatus.of(published.status(), daemon.settings());
        response.status(published.readiness() == Readiness.READY)
                .withData("state", status.state())
                .withData("sentence", status.sentence());
        status.baseLabel().ifPresent(label -> response.withData("base_label", label.toString()));
        published.status().guests().ifPresent(guests -> response.withData("guests", guests.size()));
        status.blockers().stream()
                .collect(Collectors.groupingBy(StatusDocument.Obstacle::kind, Collectors.counting()))
                .forEach((kind, count) -> response.withData("blockers." + kind, count));
        status.daemonHeldBy()
                .forEach(hold -> response.withData(
                        "held_by." + hold.kind(), hold.sentence().isEmpty() ? "yes" : hold.sentence()));
        status.files().ifPresent(files -> response.withData("leftovers", files.toChange()));
        for (StatusDocument.AccountDocument account : status.accounts()) {
            account.uid().ifPresent(uid -> response.withData(account.user() + ".uid", uid.value()));
            response.withData(
                    account.user() + ".target_uid", account.targetUid().value());
            account.gid().ifPresent(gid -> response.withData(account.user() + ".gid", gid.value()));
            response.withData(
                    account.user() + ".target_gid", account.targetGid().value());
        }
        return response.build();
    }

    private static HealthCheckResponseBuilder named() {
        return HealthCheckResponse.named("ready for live migration");
    }
}
