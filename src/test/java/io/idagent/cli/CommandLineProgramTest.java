package io.idagent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is refused before anything is looked at: exit code 2, a sentence, nothing on standard output.
 *
 * <p>Where --convert-now is tried, an unknown setting stands behind the mistake, so that even a program that overlooks
 * the mistake converts nothing.
 */
class CommandLineProgramTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;

    @TempDir
    private Path directory;

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void leaveNoTrace() {
        System.setOut(realOut);
        System.setErr(realErr);
        System.getProperties().keySet().removeIf(key -> key.toString().startsWith("idagent."));
    }

    private void refused(String sentence, String... arguments) {
        assertEquals(2, CommandLineProgram.run(arguments), err.toString(StandardCharsets.UTF_8));
        String said = err.toString(StandardCharsets.UTF_8);
        assertTrue(said.startsWith("libvirt-id-agent: "), said);
        assertTrue(said.contains(sentence), said);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "what is to be done? | --dry-run",
                "what is to be done? | --wait 30m",
                "mutually exclusive | --convert-now --rollback",
                "Unknown option | --convert",
                "Unmatched argument | convert-now",
                "Unmatched argument | status now",
                "--output | status --output yaml",
                "--wait: 'soon' is no duration | --convert-now --wait soon -Didagent.orphan=x",
                "--wait: '9999d' is longer than 365d | --convert-now --wait 9999d -Didagent.orphan=x",
                "status does not go together with | --convert-now status",
                "plan does not go together with | --rollback plan",
                "plan does not go together with | --dry-run plan",
                "--wait goes with --convert-now | --rollback --dry-run --wait 5m -Didagent.orphan=x",
                "--wait goes with --convert-now | --convert-now --dry-run --wait 5m -Didagent.orphan=x",
                "Missing required parameter | status --root",
                "--root: /nonexistent is no directory | status --root /nonexistent",
                "--root: / is this host itself | status --root /",
                "-D | status -Didagent.orphans",
                "idagent.orphan = 'x': there is no such key | status -Didagent.orphan=x",
                "idagent.accounts.libvirt-qemu.uid = '65535' | plan -Didagent.accounts.libvirt-qemu.uid=65535",
            })
    void aMistakeIsNamedAndNothingIsTouched(String sentence, String arguments) {
        refused(sentence, arguments.split(" "));
    }

    @Test
    void withoutAWordItSaysWhatItCanDo() {
        refused("what is to be done? status, plan, --convert-now or --rollback");
    }

    @Test
    void aDirectoryThatIsNoSystemIsRefused() {
        refused("is no root directory of a system", "status", "--root", directory.toString());
    }

    @Test
    void aSystemWhoseAccountFilesLeadElsewhereIsRefused() throws Exception {
        List<Path> links = new ArrayList<>();
        for (String name : List.of("passwd", "group", "shadow", "gshadow", "login.defs", ".pwd.lock", "passwd-")) {
            Path root = Files.createDirectories(directory.resolve("root-" + name));
            Path etc = Files.createDirectory(root.resolve("etc"));
            Files.createFile(etc.resolve("passwd"));
            Files.deleteIfExists(etc.resolve(name));
            links.add(
                    Files.createSymbolicLink(etc.resolve(name), Path.of("/etc").resolve(name)));
            refused(etc.resolve(name) + " is a symbolic link", "plan", "--root", root.toString());
            err.reset();
        }
        assertEquals(7, links.size());
    }

    @Test
    void aSystemWhoseEtcIsALinkIsRefused() throws Exception {
        Files.createSymbolicLink(directory.resolve("etc"), Path.of("/etc"));
        refused(directory.resolve("etc") + " is a symbolic link", "plan", "--root", directory.toString());
    }

    @Test
    void helpAndVersionAreNoMistakes() {
        assertEquals(0, CommandLineProgram.run("--help"));
        assertEquals(0, CommandLineProgram.run("status", "--help"));
        assertEquals(0, CommandLineProgram.run("--version"));
        String said = out.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("--convert-now"), said);
        assertTrue(said.contains("  75   another conversion is running\n"), said);
        assertTrue(said.contains("libvirt-id-agent "), said);
        assertTrue(said.lines().allMatch(line -> line.length() <= 80), said);
    }
}
