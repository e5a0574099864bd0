package io.idagent.health;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged daemon in a bad world. Root only to give its rights away. */
@Tag("root")
class RealDaemonTest {

    /** Generous: other things run on a machine that tests. An idle one takes a tenth. */
    private static final Duration SOON = Duration.ofSeconds(20);

    /** A look may take seconds on a machine that tests, and is then no proof of a loop that hangs. */
    private static final Map<String, String> CALM = Map.of("IDAGENT_INTERVAL", "5s");

    @TempDir
    Path directory;

    private final List<RealDaemon> started = new ArrayList<>();
    private int port;

    @BeforeEach
    void install() throws IOException {
        RealDaemon.install(directory);
        port = RealDaemon.freePort();
    }

    @AfterEach
    void endAll() throws Exception {
        for (RealDaemon daemon : started) {
            daemon.close();
        }
    }

    @Test
    void sigtermEndsItAndSighupDoesNot() throws Exception {
        RealDaemon daemon = start(Map.of()).untilStarted();

        daemon.signal("HUP");
        Thread.sleep(1500);
        assertEquals(200, daemon.code("/q/health/live"));

        daemon.signal("TERM");
        daemon.awaitEnd(SOON);
        assertFalse(daemon.said().contains("\tat "), daemon.said());
    }

    @Test
    void itKeepsNoRightAndLoadsNoLibvirt() throws Exception {
        RealDaemon daemon = start(Map.of()).untilStarted();

        String status = Files.readString(Path.of("/proc/" + daemon.pid() + "/status"));
        String maps = Files.readString(Path.of("/proc/" + daemon.pid() + "/maps"));

        assertAll(
                () -> assertTrue(status.contains("CapEff:\t0000000000000000"), status),
                () -> assertFalse(maps.contains("jnidispatch"), maps), // JNA, which libvirt's library comes by
                () -> assertFalse(maps.contains("libvirt.so"), maps));
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            RealDaemon daemon = start(Map.of());

            assertEquals(1, daemon.awaitEnd(SOON), daemon.said());
            // Its first look may have come before, and told of the host.
            List<String> problems = daemon.said()
                    .lines()
                    .filter(line -> !line.startsWith("NOT_APPLICABLE: "))
                    .toList();
            assertEquals(1, problems.size(), daemon.said());
            assertTrue(problems.get(0).contains("cannot listen on 127.0.0.1:" + taken.getLocalPort()), daemon.said());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "IDAGENT_INTERVAL, never, idagent.interval",
        "IDAGENT_CONVERT, perhaps, idagent.convert",
        "IDAGENT_INTERVALL, 30s, IDAGENT_INTERVALL",
        "QUARKUS_HTTP_PORT, many, quarkus.http.port",
        "QUARKUS_HTTP_HOST, no.such.host.invalid, no.such.host.invalid",
        "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_FILE, /nonexistent.p12, /nonexistent.p12",
    })
    void aWrongConfigurationIsOneLineAndExitTwo(String variable, String value, String named) throws Exception {
        RealDaemon daemon = start(Map.of(variable, value));

        assertEquals(2, daemon.awaitEnd(SOON), daemon.said());
        assertEquals(1, daemon.said().lines().count(), daemon.said());
        assertTrue(daemon.said().contains(named), daemon.said());
    }

    @Test
    void aLoopThatHangsIsNotAliveAndStillAnswers() throws Exception {
        RealDaemon daemon = start(Map.of()).untilStarted();
        assertEquals(200, daemon.code("/q/health/live"));

        // Whoever opens it waits for ever for somebody who writes.
        new ProcessBuilder(
                        "mkfifo", "-m", "644", directory.resolve("run/findings").toString())
                .start()
                .waitFor();

        RealDaemon.until(() -> daemon.code("/q/health/live") == 503);
        assertEquals(200, daemon.code("/q/health/started"));
        assertTrue(daemon.get("/status").startsWith("{"));
    }

    @Test
    void clientsThatSendNothingOrOneByteAreInNobodysWay() throws Exception {
        RealDaemon daemon = start(Map.of("QUARKUS_HTTP_IDLE_TIMEOUT", "2s", "IDAGENT_INTERVAL", "5s"))
                .untilStarted();
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            OutputStream out = socket.getOutputStream();
            out.write("G".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            slow.add(socket);
        }

        for (int i = 0; i < 20; i++) {
            assertEquals(200, daemon.code("/q/health/live"));
        }
        for (Socket socket : slow) {
            socket.setSoTimeout((int) SOON.toMillis());
            assertEquals(-1, socket.getInputStream().read(), "it is still listened to");
            socket.close();
        }
    }

    @Test
    void tenThousandProbesAreAnswered() throws Exception {
        RealDaemon daemon = start(CALM).untilStarted();

        ExecutorService clients = Executors.newFixedThreadPool(64);
        Map<Integer, Long> answers =
                clients
                        .invokeAll(Collections.<Callable<Integer>>nCopies(10_000, () -> daemon.code("/q/health/live")))
                        .stream()
                        .collect(Collectors.groupingBy(RealDaemonTest::result, Collectors.counting()));
        clients.shutdown();

        assertEquals(Map.of(200, 10_000L), answers);
        assertTrue(daemon.isAlive());
    }

    @Test
    void aRunDirectoryThatIsNotThereIsNoReasonToEnd() throws Exception {
        RealDaemon daemon =
                start(Map.of("IDAGENT_RUN_DIRECTORY", "/nonexistent/run")).untilStarted();

        assertEquals(200, daemon.code("/q/health/live"));
        assertFalse(daemon.said().contains("\tat "), daemon.said());
    }

    @Test
    void itLogsChangesAndNotLooks() throws Exception {
        RealDaemon daemon = start(Map.of()).untilStarted();
        Thread.sleep(5000);

        assertEquals(1, daemon.said().lines().count(), daemon.said());
    }

    private static int result(Future<Integer> answer) {
        try {
            return answer.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private RealDaemon start(Map<String, String> settings) throws IOException {
        RealDaemon daemon = RealDaemon.start(directory, port, settings);
        started.add(daemon);
        return daemon;
    }
}
