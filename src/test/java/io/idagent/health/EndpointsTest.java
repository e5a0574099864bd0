package io.idagent.health;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.agent.Published;
import io.idagent.assessment.State;
import io.idagent.daemon.Daemon;
import io.idagent.daemon.Told;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every door of the daemon, in every state, as it stands by default: without names and paths. */
@QuarkusTest
@QuarkusTestResource(value = QuietDaemon.class, restrictToAnnotatedClass = true)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndpointsTest {

    private static final Set<State> READY = Set.of(State.NOT_APPLICABLE, State.NORMALIZED, State.LEFTOVERS);

    @Inject
    Daemon daemon;

    @Test
    @Order(1)
    void beforeTheFirstLookItIsAliveAndNeitherStartedNorReady() {
        when().get("/q/health/live").then().statusCode(200).body("status", is("UP"));
        when().get("/q/health/started").then().statusCode(503).body("status", is("DOWN"));
        when().get("/q/health/ready")
                .then()
                .statusCode(503)
                .body("checks[0].data.sentence", is("the host was not looked at yet"));
        when().get("/status").then().statusCode(503).header("Retry-After", is("30"));
        when().get("/q/metrics").then().statusCode(200).body(containsString("libvirt_id_agent_ready NaN"));
    }

    @ParameterizedTest
    @EnumSource
    void readinessSaysWhatItIsMadeOf(State state) {
        Published found = show(state);

        var ready = when().get("/q/health/ready").then();

        ready.statusCode(READY.contains(state) ? 200 : 503)
                .body("status", is(READY.contains(state) ? "UP" : "DOWN"))
                .body("checks.name", hasItem("ready for live migration"))
                .body("checks[0].data.state", is(state.name()))
                .body("checks[0].data.sentence", is(found.status().sentence()))
                .body("checks[0].data.'libvirt-qemu.target_uid'", is(64055))
                .body("checks[0].data.'libvirt-qemu.target_gid'", is(64055))
                .body("checks[0].data.'held_by.PAUSED'", is("yes"));
        if (state != State.NOT_APPLICABLE) {
            int uid = found.status().accounts().get(0).uid().orElseThrow().bits();
            ready.body("checks[0].data.'libvirt-qemu.uid'", is(uid));
        }
        when().get("/q/health/live").then().statusCode(200);
        when().get("/q/health/started").then().statusCode(200);
    }

    @Test
    void readinessCountsGuestsBlockersAndLeftovers() {
        show(State.BLOCKED);
        when().get("/q/health/ready")
                .then()
                .body("checks[0].data.guests", is(1))
                .body("checks[0].data.'blockers.GUEST_RUNNING'", is(1))
                .body("checks[0].data.'blockers.IMAGE_IN_USE'", is(1))
                .body("checks[0].data.'libvirt-qemu.uid'", is(109))
                .body("checks[0].data.base_label", containsString("109"));

        show(State.LEFTOVERS);
        when().get("/q/health/ready").then().body("checks[0].data.leftovers", is(5));
    }

    @ParameterizedTest
    @EnumSource
    void noDoorShowsANameOrAPath(State state) {
        show(state);

        for (String door : new String[] {"/status", "/q/health", "/q/health/ready", "/q/metrics"}) {
            String shown = when().get(door).asString();
            assertFalse(shown.contains(HostStates.SECRET), shown);
            assertFalse(shown.contains("/var/lib"), shown);
            assertFalse(shown.contains("/srv"), shown);
        }
        when().get("/status")
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("state", equalTo(state.name()));
    }

    @ParameterizedTest
    @EnumSource
    void metricsHaveOneSeriesAState(State state) {
        show(state);

        String metrics = given().accept("text/plain").get("/q/metrics").asString();

        Arrays.stream(State.values())
                .forEach(other -> assertTrue(
                        metrics.lines()
                                .anyMatch(line -> line.startsWith("libvirt_id_agent_state{state=\"" + other + "\"")
                                        && line.endsWith(other == state ? " 1.0" : " 0.0")),
                        metrics));
        assertTrue(metrics.contains("libvirt_id_agent_ready " + (READY.contains(state) ? "1.0" : "0.0")), metrics);
        assertTrue(metrics.contains("libvirt_id_agent_conversions_total{outcome=\"done\",} 2.0"), metrics);
        assertFalse(metrics.contains("jvm_"), metrics);
    }

    @Test
    void aBlockerThatIsGoneIsNoSeriesAnyMore() {
        show(State.BLOCKED);
        when().get("/q/metrics").then().body(containsString("blockers{kind=\"GUEST_RUNNING\"} 1.0"));

        show(State.NORMALIZED);
        when().get("/q/metrics").then().body(not(containsString("GUEST_RUNNING")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"})
    void nothingCanBeChanged(String method) {
        for (String door : new String[] {"/status", "/q/health/live", "/q/metrics", "/q/health-ui/", "/nothing"}) {
            given().request(method, door).then().statusCode(405).header("Allow", "GET, HEAD");
        }
    }

    /** Sent as they are: a client would shorten them before. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../../../etc/passwd",
                "/q/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "/q/health-ui/../../../../etc/passwd",
                "/q/health-ui/..%2f..%2f..%2fetc%2fpasswd",
                "/q/health-ui/..\\..\\etc\\passwd",
                "//etc/passwd",
                "/status/%00"
            })
    void aPathThatLeadsUpLeadsNowhere(String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", RestAssured.port)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(answer.startsWith("HTTP/1.1 404 ") || answer.startsWith("HTTP/1.1 400 "), answer);
            assertFalse(answer.contains("root:"), answer);
        }
    }

    @Test
    void headIsAnsweredWithoutABody() {
        show(State.NORMALIZED);
        for (String door : new String[] {"/status", "/q/health/ready", "/q/metrics"}) {
            assertEquals("", when().head(door).then().statusCode(200).extract().asString(), door);
        }
    }

    /** Answers are made once a look: none may use up what the next one is given. */
    @ParameterizedTest
    @ValueSource(strings = {"/status", "/q/health/ready"})
    void oneLookIsToldAlikeHoweverOftenItIsAskedForAndTheNextOneDiffers(String door) {
        show(State.NORMALIZED);
        String first = when().get(door).asString();
        assertTrue(first.contains("NORMALIZED"), first);
        when().head(door);
        assertEquals(first, when().get(door).asString());
        assertEquals(first, when().get(door).asString());

        show(State.BLOCKED);
        assertTrue(when().get(door).asString().contains("BLOCKED"));
    }

    @Test
    void aPersonCanLook() {
        when().get("/q/health-ui").then().statusCode(200).body(containsString("SmallRye Health"));
        when().get("/q/health-ui/healthui.js").then().statusCode(200);
    }

    @Test
    void headersLongerThanAProbeNeedsAreRefused() {
        given().header("X-Long", "x".repeat(9 * 1024))
                .get("/q/health/live")
                .then()
                .statusCode(431);
    }

    @Test
    void aLongAddressIsRefused() {
        when().get("/status?" + "x".repeat(9 * 1024)).then().statusCode(414);
    }

    private Published show(State state) {
        Published found = HostStates.in(state);
        Told.to(daemon, found);
        return found;
    }
}
