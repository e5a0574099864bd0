package io.idagent.agent;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.Outcomes;
import io.idagent.host.ConversionFact;
import io.idagent.host.HostStory;
import io.idagent.host.HostStory.Obstacle;
import io.idagent.host.ScanFindings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFilesTest {

    @TempDir
    Path directory;

    private RunFiles files;

    @BeforeEach
    void anEmptyRunDirectory() {
        files = new RunFiles(directory);
    }

    static Stream<Obstacle> hosts() {
        return Stream.of(HostStory.unknowns(HostStory::oldHost), HostStory.inTheWay(HostStory::oldHost))
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void whatIsKnownAndWhatIsNotComesBackAsItWas(Obstacle story) throws IOException {
        for (ConversionFact conversion : List.of(
                new ConversionFact.Idle(),
                new ConversionFact.Interrupted("id", HostStory.NOON),
                new ConversionFact.Failed("id", HostStory.NOON, "why"),
                new ConversionFact.RolledBack("id", HostStory.NOON))) {
            ScanReport report = new ScanReport(
                    ScanFindings.of(
                            story.host().get().files(HostStory.scan(3, 2)).snapshot()),
                    conversion,
                    Map.of("done", 2L),
                    Optional.of(new StatusDocument.LastConversion(
                            "id", "convert", HostStory.NOON, Optional.of(Outcomes.withLeftovers()))));

            files.writeFindings(report);

            assertEquals(report, files.findings());
        }
    }

    @Test
    void beforeTheFirstScanItSaysSo() {
        assertEquals(
                Optional.of("there was no scan yet (libvirt-id-agent-scan.service)"),
                files.findings().host().files().whyUnknown());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.01, 0.3, 0.5, 0.9, 0.99})
    void aFileCutShortIsNotBelievedInPart(double kept) throws IOException {
        files.writeFindings(report());
        byte[] whole = Files.readAllBytes(directory.resolve("findings"));
        Files.write(directory.resolve("findings"), java.util.Arrays.copyOf(whole, (int) (whole.length * kept)));

        ScanReport read = files.findings();

        assertFalse(read.host().files().isKnown());
        assertFalse(read.host().former().isKnown());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "[]",
                "7",
                "{\"host\":null}",
                "{\"host\":{\"format\":1}}",
                "{\"host\":{\"format\":2,\"new\":[]}}",
                "{\"host\":{\"format\":1,\"files\":{\"fact\":\"guess\"}}}"
            })
    void whatAnotherVersionWroteIsUnknownAndNoError(String content) throws IOException {
        Files.writeString(directory.resolve("findings"), content);

        ScanReport read = files.findings();

        assertAll(
                () -> assertFalse(read.host().files().isKnown()),
                () -> assertFalse(read.host().unstartable().isKnown()),
                () -> assertFalse(read.host().failingNameServices().isKnown()));
    }

    @Test
    void attemptsComeBackAsTheyWere() throws IOException {
        assertEquals(Attempts.NONE, files.attempts());
        Attempts failed = Attempts.NONE.failed("usermod failed", HostStory.NOON);

        files.writeAttempts(failed);
        assertEquals(failed, files.attempts());

        files.writeAttempts(Attempts.NONE);
        assertEquals(Attempts.NONE, files.attempts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{", "[]"})
    void attemptsThatCannotBeReadAreNone(String content) throws IOException {
        Files.writeString(directory.resolve("attempts"), content);

        assertEquals(Attempts.NONE, files.attempts());
    }

    @Test
    void othersCannotReadTheNamesOfGuests() throws IOException {
        files.writeFindings(report());

        assertFalse(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("findings")))
                .endsWith("r--"));
    }

    @Test
    void anUnfinishedFileOfAKilledScanIsInNobodysWay() throws IOException {
        Files.writeString(directory.resolve(".findings.unfinished"), "half");

        files.writeFindings(report());

        assertTrue(files.findings().host().files().isKnown());
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(directory.resolve("findings")), left.toList());
        }
    }

    private static ScanReport report() {
        return new ScanReport(
                ScanFindings.of(HostStory.oldHost().snapshot()), new ConversionFact.Idle(), Map.of(), Optional.empty());
    }
}
