package io.idagent.health;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Mutual TLS wherever there is a trust store: an administrator who names an authority wants nobody else. Quarkus fixes
 * {@code quarkus.http.ssl.client-auth} when the program is built, and would only warn that a configured one counts for
 * nothing; so it is decided here, when the server starts.
 */
@ApplicationScoped
public class ClientCertificates implements HttpServerOptionsCustomizer {

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        options.setClientAuth(options.getTrustOptions() == null ? ClientAuth.NONE : ClientAuth.REQUIRED);
    }
}
