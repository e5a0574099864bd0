package io.idagent.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.idagent.agent.Published;
import io.idagent.daemon.Daemon;
import io.idagent.platform.Json;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.UncheckedIOException;
import java.util.Optional;

/** {@code /status}, and the rule that nothing can be changed over HTTP: GET and HEAD only. */
@ApplicationScoped
public class StatusRoutes {

    private static final int BEFORE_ALL_OTHERS = Integer.MIN_VALUE;

    private final Daemon daemon;
    private final ObjectMapper json = Json.mapper();
    private final OncePerLook<Buffer> documents = new OncePerLook<>(this::document);

    public StatusRoutes(Daemon daemon) {
        this.daemon = daemon;
    }

    void install(@Observes Router router) {
        router.route().order(BEFORE_ALL_OTHERS).handler(StatusRoutes::readOnly);
        router.route("/status").handler(this::status);
    }

    private static void readOnly(RoutingContext request) {
        HttpMethod method = request.request().method();
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            request.next();
        } else {
            request.response()
                    .setStatusCode(405)
                    .putHeader("Allow", "GET, HEAD")
                    .end();
        }
    }

    private void status(RoutingContext request) {
        Optional<Published> published = daemon.published();
        if (published.isEmpty()) {
            request.response()
                    .setStatusCode(503)
                    .putHeader("Retry-After", "30")
                    .end("the host was not looked at yet\n");
            return;
        }
        request.response().putHeader("Content-Type", "application/json").end(documents.of(published.get()));
    }

    private Buffer document(Published published) {
        try {
            return Buffer.buffer(
                    json.writeValueAsString(PublicStatus.of(published.status(), daemon.settings())) + "\n");
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
