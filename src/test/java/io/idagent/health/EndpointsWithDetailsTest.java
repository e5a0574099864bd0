package io.idagent.health;

import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import io.idagent.assessment.State;
import io.idagent.daemon.Daemon;
import io.idagent.daemon.Told;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

/** With idagent.http.details = true: all that {@code status --output json} says. */
@QuarkusTest
@QuarkusTestResource(
        value = QuietDaemon.class,
        restrictToAnnotatedClass = true,
        initArgs = @ResourceArg(name = "idagent.http.details", value = "true"))
class EndpointsWithDetailsTest {

    @Inject
    Daemon daemon;

    @Test
    void guestsReasonsAndPathsAreNamed() {
        Told.to(daemon, HostStates.in(State.BLOCKED));

        when().get("/status")
                .then()
                .body("guests[0].name", is(HostStates.SECRET))
                .body("blockers[0].sentence", containsString(HostStates.SECRET))
                .body("last_conversion.outcome.problems[0]", startsWith("/var/lib"));
        when().get("/q/health/ready")
                .then()
                .body("checks[0].data.'held_by.PAUSED'", is("paused because of " + HostStates.SECRET));
    }
}
