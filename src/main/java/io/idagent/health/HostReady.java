package io.idagent.health;

import io.idagent.agent.Published;
import io.idagent.agent.StatusDocument;
import io.idagent.assessment.Readiness;
import io.idagent.daemon.Daemon;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** UP when this host can take part in live migration over shared storage. From the last look; waits for nothing. */
@org.eclipse.microprofile.health.Readiness
@ApplicationScoped
public class HostReady implements AsyncHealthCheck {

    private final Daemon daemon;

    public HostReady(Daemon daemon) {
        this.daemon = daemon;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("ready for live migration");
        Optional<Published> published = daemon.published();
        if (published.isEmpty()) {
            return Uni.createFrom()
                    .item(response.down()
                            .withData("sentence", "the host was not looked at yet")
                            .build());
        }
        StatusDocument status = PublicStatus.of(published.get().status(), daemon.settings());
        response.status(published.get().readiness() == Readiness.READY)
                .withData("state", status.state())
                .withData("sentence", status.sentence());
        status.baseLabel().ifPresent(label -> response.withData("base_label", label.toString()));
        published.get().status().guests().ifPresent(guests -> response.withData("guests", guests.size()));
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
        return Uni.createFrom().item(response.build());
    }
}
