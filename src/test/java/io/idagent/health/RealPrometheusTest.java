package io.idagent.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's Prometheus, which deploy/test unpacks without installing it, and a daemon of flesh and blood. */
@Tag("root")
class RealPrometheusTest {

    private static final Path PROGRAMS = Path.of("/var/cache/libvirt-id-agent-lab/prometheus/usr/bin");

    @TempDir
    Path directory;

    private RealDaemon daemon;
    private Process prometheus;
    private int agentPort;

    @BeforeEach
    void aDaemon() throws Exception {
        RealDaemon.install(directory);
        agentPort = RealDaemon.freePort();
        daemon = RealDaemon.start(directory, agentPort, Map.of()).untilStarted();
    }

    @AfterEach
    void endBoth() throws Exception {
        if (prometheus != null) {
            prometheus.destroyForcibly().waitFor();
        }
        daemon.close();
    }

    @Test
    void prometheusHasNothingToSayAgainstTheEndpoint() throws Exception {
        assertEquals("", check(daemon.get("/q/metrics")));
    }

    @Test
    void norAgainstTheTextOfTheCommand() throws Exception {
        Process status = new ProcessBuilder(
                        directory.resolve("deploy/bin/libvirt-id-agent").toString(), "status", "--output", "prometheus")
                .start();
        String text = new String(status.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertTrue(text.contains("# TYPE libvirt_id_agent_state gauge"), text);
        assertEquals("", check(text));
    }

    @Test
    void aRealPrometheusScrapesARealDaemon() throws Exception {
        int port = RealDaemon.freePort();
        Path configuration = Files.writeString(directory.resolve("prometheus.yml"), """
                scrape_configs:
                  - job_name: ids
                    scrape_interval: 1s
                    metrics_path: /q/metrics
                    static_configs:
                      - targets: ["127.0.0.1:%d"]
                """.formatted(agentPort));
        prometheus = new ProcessBuilder(
                        PROGRAMS.resolve("prometheus").toString(),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + directory.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();

        RealDaemon.until(() -> result(port, "up{job=\"ids\"}").equals("1"));
        assertEquals("1", result(port, "sum(libvirt_id_agent_state)"));
        assertEquals("64055", result(port, "libvirt_id_agent_account_target_uid{account=\"libvirt-qemu\"}"));
        assertEquals("1", result(port, "count(libvirt_id_agent_build_info)"));
        assertEquals("1", result(port, "time() - libvirt_id_agent_last_inspection_timestamp_seconds < bool 60"));
    }

    private String check(String metrics) throws IOException, InterruptedException {
        Process promtool = new ProcessBuilder(PROGRAMS.resolve("promtool").toString(), "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (var in = promtool.getOutputStream()) {
            in.write(metrics.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        promtool.waitFor();
        return said;
    }

    /** The value of the only series of the answer; empty if there is none yet. */
    private static String result(int port, String query) {
        try {
            String address = "http://127.0.0.1:" + port + "/api/v1/query?query="
                    + URLEncoder.encode(query, StandardCharsets.UTF_8);
            String answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            List<JsonNode> values = new ObjectMapper().readTree(answer).findValues("value");
            return values.size() == 1 ? values.get(0).path(1).asText() : "";
        } catch (IOException notUpYet) {
            return "";
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
