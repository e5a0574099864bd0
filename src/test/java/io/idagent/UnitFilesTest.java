package io.idagent;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** systemd's own opinion of the units; and what they must never say, because it once cost somebody their libvirt. */
@Tag("root")
class UnitFilesTest {

    private static final Path UNITS = Path.of("systemd");

    @TempDir
    private Path directory;

    @BeforeAll
    static void systemdIsHere() {
        assertTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd-analyze is not here");
    }

    /** The programs and pages they name are there once the package is installed; the lab looks at that. */
    @Test
    void systemdHasNothingToSayAgainstThem() throws Exception {
        List<String> command = new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no"));
        for (Path unit : units()) {
            String text = Files.readString(unit).replaceAll("(?m)^(ExecStart=)\\S+", "$1/bin/true");
            command.add(Files.writeString(directory.resolve(unit.getFileName()), text)
                    .toString());
        }

        Run run = run(command);

        assertAll(() -> assertEquals("", run.out), () -> assertEquals(0, run.exitCode));
    }

    @ParameterizedTest
    @CsvSource({
        "libvirt-id-agent.service, 2.0",
        "libvirt-id-agent-scan.service, 2.5",
        "libvirt-id-agent-report.service, 2.5",
        "libvirt-id-agent-convert.service, 5.0",
        "libvirt-id-agent-recover.service, 5.0"
    })
    void itIsNotMoreExposedThanItsWorkNeeds(String unit, double limit) throws Exception {
        Run run = run(List.of(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--no-pager",
                UNITS.resolve(unit).toString()));

        Matcher level =
                Pattern.compile("Overall exposure level for .*: ([0-9.]+)").matcher(run.out);
        assertTrue(level.find(), run.out);
        assertTrue(Double.parseDouble(level.group(1)) <= limit, level.group());
    }

    @Test
    void noServiceIsOrderedBeforeASocket() throws IOException {
        for (Path unit : units()) {
            assertTrue(
                    Files.readAllLines(unit).stream().noneMatch(line -> line.matches("Before=.*\\.socket.*")),
                    unit + ": sockets start before any ordinary service; systemd would drop one of them");
        }
    }

    @Test
    void theDaemonHasNoCapabilityAndNoGroupButItsOwn() throws IOException {
        List<String> daemon = Files.readAllLines(UNITS.resolve("libvirt-id-agent.service"));
        List<String> users = Files.readAllLines(UNITS.resolve("libvirt-id-agent.sysusers"));

        assertAll(
                () -> assertTrue(daemon.contains("CapabilityBoundingSet=")),
                () -> assertTrue(daemon.contains("NoNewPrivileges=yes")),
                () -> assertTrue(daemon.stream().noneMatch(line -> line.startsWith("SupplementaryGroups="))),
                () -> assertTrue(users.stream().noneMatch(line -> line.startsWith("m "))));
    }

    /** What recovers at boot does the converter's work, in the converter's sandbox. */
    @ParameterizedTest
    @ValueSource(
            strings = {"KillMode", "CapabilityBoundingSet", "SystemCallFilter", "RestrictAddressFamilies", "Private"})
    void recoveryIsConfinedAsTheConverterIs(String setting) throws IOException {
        assertEquals(
                settings("libvirt-id-agent-convert.service", setting),
                settings("libvirt-id-agent-recover.service", setting));
    }

    private static List<String> settings(String unit, String prefix) throws IOException {
        return Files.readAllLines(UNITS.resolve(unit)).stream()
                .filter(line -> line.startsWith(prefix))
                .toList();
    }

    private static List<Path> units() throws IOException {
        try (Stream<Path> files = Files.list(UNITS)) {
            return files.filter(file -> file.toString().matches(".*\\.(service|timer|path)"))
                    .sorted()
                    .toList();
        }
    }

    private record Run(int exitCode, String out) {}

    private static Run run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out);
    }
}
