package io.idagent;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The start script, with a stand-in for Java that prints what it was given. */
class StartScriptTest {

    private static final Path SCRIPT = Path.of("deploy/bin/libvirt-id-agent");

    @TempDir
    private Path checkout;

    @BeforeEach
    void aCheckoutAfterABuild() throws IOException {
        Files.createDirectories(checkout.resolve("deploy/bin"));
        Files.copy(SCRIPT, checkout.resolve(SCRIPT), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(checkout.resolve("target/quarkus-app"));
        Files.createFile(checkout.resolve("target/quarkus-app/quarkus-run.jar"));
        java("17.0.15");
    }

    @Test
    void argumentsPassAsTheyAre() throws Exception {
        Run run = start(Map.of(), "status", "", "two words", "*", "-D$HOME");

        assertEquals(List.of("<status>", "<>", "<two words>", "<*>", "<-D$HOME>"), run.lastArguments(5));
    }

    @Test
    void aSymbolicLinkLeadsToTheCheckout() throws Exception {
        Path link = Files.createSymbolicLink(checkout.resolve("link"), checkout.resolve(SCRIPT));

        Run run = start(link, Map.of(), "status");

        assertTrue(run.out().contains("<%s/target/quarkus-app/app/".formatted(checkout.toRealPath())), run.out());
    }

    @Test
    void aCommandGetsEveryLibraryButThoseThatServeHttp() throws Exception {
        Path app = checkout.toRealPath().resolve("target/quarkus-app");
        for (String jar :
                List.of("app/a.jar", "lib/main/b.jar", "lib/main/io.vertx.c.jar", "lib/boot/io.quarkus.d.jar")) {
            Files.createDirectories(app.resolve(jar).getParent());
            Files.createFile(app.resolve(jar));
        }
        Files.createFile(app.resolve("lib/boot/e.jar"));

        Run run = start(Map.of(), "status");

        assertTrue(
                run.out().contains("<-cp>\n<%1$s/app/a.jar:%1$s/lib/boot/e.jar:%1$s/lib/main/b.jar>\n".formatted(app)),
                run.out());
    }

    /** Quarkus's own loader waits for ever for a jar that cannot be opened at that moment. */
    @Test
    void theDaemonIsStartedByQuarkusAndCommandsByJavaItself() throws Exception {
        assertTrue(start(Map.of()).out().contains("/quarkus-run.jar>"));
        assertFalse(start(Map.of(), "--convert-now").out().contains("/quarkus-run.jar>"));
    }

    @Test
    void theEnvironmentBringsNoCodeAlong() throws Exception {
        Map<String, String> hostile = Map.of(
                "JAVA_TOOL_OPTIONS", "-javaagent:evil.jar",
                "_JAVA_OPTIONS", "-javaagent:evil.jar",
                "JDK_JAVA_OPTIONS", "-javaagent:evil.jar",
                "CLASSPATH", "evil.jar");

        assertFalse(start(hostile, "status").out().contains("evil"));
    }

    /** What the program leaves for the daemon must be readable, and what root believes must not be writable, for others. */
    @Test
    void whatItWritesDoesNotDependOnTheCallersUmask() throws Exception {
        Path generous = Files.writeString(
                checkout.resolve("generous"), "#!/bin/sh\numask 002\nexec '" + checkout.resolve(SCRIPT) + "' \"$@\"\n");
        Files.setPosixFilePermissions(generous, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertTrue(start(generous, Map.of(), "status").out().contains("umask 0022\n"));
    }

    /** sudo may be told to pass the path on. */
    @Test
    @Tag("root")
    void forRootThePathIsFixed() throws Exception {
        Path evil = Files.createDirectory(checkout.resolve("evil"));
        for (String name : List.of("readlink", "id", "stat", "sed", "java")) {
            Files.writeString(evil.resolve(name), "#!/bin/sh\necho evil $0\n");
            Files.setPosixFilePermissions(evil.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
        }

        Run run = start(Map.of("PATH", evil + ":" + System.getenv("PATH")), "status");

        assertEquals(0, run.exitCode(), run.out());
        assertFalse(run.out().contains("evil"), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdk", "jdk/bin", "jdk/bin/java", "jdk/lib"})
    @Tag("root")
    void rootsJavaIsOneThatOnlyRootCanChange(String part) throws Exception {
        Path weak = checkout.toRealPath().resolve(part);
        Files.createDirectories(checkout.resolve("jdk/lib"));
        assertEquals(0, start(Map.of(), "status").exitCode());

        Files.setAttribute(weak, "unix:uid", 12345);
        assertTrue(start(Map.of(), "status").out().contains("others than root can change " + weak), part);

        Files.setAttribute(weak, "unix:uid", 0);
        Files.setPosixFilePermissions(weak, PosixFilePermissions.fromString("rwxrwxr-x"));
        Run run = start(Map.of(), "status");
        assertEquals(2, run.exitCode());
        assertTrue(run.out().contains("others than root can change " + weak), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8.0_402", "11.0.22", "16"})
    void anOlderJavaIsRefusedByItsName(String version) throws Exception {
        java(version);

        Run run = start(Map.of(), "status");

        assertAll(
                () -> assertEquals(2, run.exitCode()),
                () -> assertTrue(run.out().contains("is Java " + version + "; it needs 17 or newer"), run.out()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "21.0.2", "25-ea", "25.0.1"})
    void javaFrom17OnIsTaken(String version) throws Exception {
        java(version);

        assertEquals(0, start(Map.of(), "status").exitCode());
    }

    @Test
    void withoutABuildItSaysSo() throws Exception {
        Files.delete(checkout.resolve("target/quarkus-app/quarkus-run.jar"));

        Run run = start(Map.of(), "status");

        assertAll(
                () -> assertEquals(2, run.exitCode()),
                () -> assertTrue(run.out().contains("build it first"), run.out()));
    }

    @Test
    void whatMeasuresIsToldTheCommandThatWouldBeRun() throws Exception {
        List<String> command =
                start(Map.of(), "--prepare", "command", "status").out().lines().toList();

        assertAll(
                () -> assertEquals(checkout.toRealPath().resolve("jdk/bin/java").toString(), command.get(0)),
                () -> assertEquals(
                        List.of("io.idagent.cli.CommandLineProgram", "status"),
                        command.subList(command.size() - 2, command.size())));
    }

    private void java(String version) throws IOException {
        Path home = Files.createDirectories(checkout.resolve("jdk/bin")).getParent();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        Path java = home.resolve("bin/java");
        Files.writeString(java, "#!/bin/sh\nenv\necho umask $(umask)\nprintf '<%s>\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run start(Map<String, String> environment, String... arguments) throws Exception {
        return start(checkout.resolve(SCRIPT), environment, arguments);
    }

    private Run start(Path script, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", checkout.resolve("jdk").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out);
    }

    private record Run(int exitCode, String out) {

        List<String> lastArguments(int count) {
            List<String> lines = out.lines().toList();
            return lines.subList(lines.size() - count, lines.size());
        }
    }
}
