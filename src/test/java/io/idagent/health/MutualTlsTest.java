package io.idagent.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines for TLS that stand in the packaged configuration, as they stand there, in a real daemon. */
@Tag("root")
class MutualTlsTest {

    private static final Path PACKAGED = Path.of("deploy/deb/application.properties");
    private static final String CERTIFICATES = "/etc/libvirt-id-agent/tls";
    private static final String TRUST_STORE = "quarkus.tls.trust-store.pem.certs";

    @TempDir
    Path directory;

    private Path tls;
    private int port;
    private final List<String> configuration = new ArrayList<>();

    @BeforeEach
    void asAnAdministratorWould() throws Exception {
        RealDaemon.install(directory);
        port = RealDaemon.freePort();
        tls = Files.createDirectory(directory.resolve("tls"));
        run("""
                openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=authority -keyout authority.key -out authority.crt
                openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=stranger -keyout stranger.key -out stranger.crt
                echo subjectAltName=IP:127.0.0.1 >names
                for name in host probe; do
                    openssl req -newkey rsa:2048 -nodes -subj /CN=$name -keyout $name.key -out $name.req
                    openssl x509 -req -in $name.req -CA authority.crt -CAkey authority.key -CAcreateserial \\
                        -extfile names -out $name.crt
                done
                chmod 644 *.key
                """);
        Files.setPosixFilePermissions(tls, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> lines = Files.readAllLines(PACKAGED);
        int from = lines.indexOf("#quarkus.http.host=192.0.2.10");
        assertTrue(from > 0);
        for (String line : lines.subList(from, lines.size())) {
            configuration.add(line.substring(1)
                    .replace("192.0.2.10", "127.0.0.1")
                    .replace("64055", Integer.toString(port))
                    .replace(CERTIFICATES, tls.toString()));
        }
    }

    @Test
    void onlyClientsWithACertificateOfTheAuthorityAreAnswered() throws Exception {
        try (RealDaemon daemon = start()) {
            assertEquals("200", ask("--cert", "probe.crt", "--key", "probe.key"));
            assertEquals("000", ask(), "without a certificate");
            assertEquals("000", ask("--cert", "stranger.crt", "--key", "stranger.key"));
            assertEquals(
                    "000",
                    run("curl -s -m 20 -o answer -w '%{http_code}' http://127.0.0.1:" + port
                            + "/q/health/live || true"),
                    "without TLS");
            assertFalse(daemon.said().contains("quarkus."), daemon.said());
        }
    }

    @Test
    void withoutAnAuthorityAnyClientIsAnsweredAndByTlsAlone() throws Exception {
        assertTrue(configuration.removeIf(line -> line.startsWith(TRUST_STORE)));
        try (RealDaemon daemon = start()) {
            assertEquals("200", ask());
            assertEquals(
                    "000",
                    run("curl -s -m 20 -o answer -w '%{http_code}' http://127.0.0.1:" + port
                            + "/q/health/live || true"),
                    "without TLS");
        }
    }

    private RealDaemon start() throws Exception {
        Path file = Files.write(directory.resolve("application.properties"), configuration);
        RealDaemon daemon = RealDaemon.start(
                directory,
                RealDaemon.freePort(),
                Map.of("QUARKUS_CONFIG_LOCATIONS", file.toString(), "QUARKUS_HTTP_HOST", "127.0.0.1"));
        RealDaemon.until(() -> !daemon.isAlive() || isListening());
        assertTrue(daemon.isAlive(), daemon.said());
        return daemon;
    }

    private boolean isListening() {
        try (var socket = new java.net.Socket("127.0.0.1", port)) {
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** @return the code of the answer; 000 where there was none */
    private String ask(String... certificate) throws IOException, InterruptedException {
        return run("curl -s -m 20 -o answer -w '%{http_code}' --cacert authority.crt " + String.join(" ", certificate)
                + " https://127.0.0.1:" + port + "/q/health/live || true");
    }

    private String run(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("bash", "-ec", script)
                .directory(tls.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(shell.getInputStream().readAllBytes());
        shell.waitFor();
        return said.strip();
    }
}
