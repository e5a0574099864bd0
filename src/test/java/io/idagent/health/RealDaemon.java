package io.idagent.health;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The program as it was packaged, as a process of its own, without any right, on a free port of this machine. */
final class RealDaemon implements AutoCloseable {

    private static final String NOBODY = "65534";

    private final Process process;
    private final Path output;
    private final int port;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private RealDaemon(Process process, Path output, int port) {
        this.process = process;
        this.output = output;
        this.port = port;
    }

    /** Where everybody may read the program, as it is when it is installed. */
    static Path install(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path app = Path.of("target/quarkus-app");
        Files.walkFileTree(app, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(directory.resolve(folder));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, directory.resolve(file));
                return FileVisitResult.CONTINUE;
            }
        });
        Path script = Path.of("deploy/bin/libvirt-id-agent");
        Files.createDirectories(directory.resolve(script).getParent());
        Files.copy(script, directory.resolve(script), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(directory.resolve("run/daemon"));
        Files.setPosixFilePermissions(directory.resolve("run/daemon"), PosixFilePermissions.fromString("rwxrwxrwx"));
        return directory;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param settings beside those that make it quick and harmless; by the names of their environment variables */
    static RealDaemon start(Path installed, int port, Map<String, String> settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                installed.resolve("deploy/bin/libvirt-id-agent").toString()));
        Path output = Files.createTempFile(installed, "daemon", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .directory(installed.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        environment.put("IDAGENT_RUN_DIRECTORY", installed.resolve("run").toString());
        environment.put("IDAGENT_STATE_DIRECTORY", installed.resolve("state").toString());
        environment.put("IDAGENT_CONVERT", "manual");
        environment.put("IDAGENT_INTERVAL", "1s");
        environment.putAll(settings);
        return new RealDaemon(builder.start(), output, port);
    }

    RealDaemon untilStarted() throws Exception {
        until(() -> !process.isAlive() || code("/q/health/started") == 200);
        if (!process.isAlive()) {
            throw new AssertionError(said());
        }
        return this;
    }

    static void until(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("still not so after two minutes");
            }
            Thread.sleep(50);
        }
    }

    /** -1 while nobody listens. */
    int code(String door) {
        try {
            return http.send(request(door), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException nobodyListens) {
            return -1;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    String get(String door) throws IOException, InterruptedException {
        return http.send(request(door), HttpResponse.BodyHandlers.ofString()).body();
    }

    private HttpRequest request(String door) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + door))
                .timeout(Duration.ofSeconds(30))
                .header("Accept", "text/plain")
                .build();
    }

    long pid() {
        return process.pid();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still there after " + limit + "\n" + said());
        }
        return process.exitValue();
    }

    /** On standard output and standard error. */
    String said() {
        try (InputStream in = Files.newInputStream(output)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
    }
}
