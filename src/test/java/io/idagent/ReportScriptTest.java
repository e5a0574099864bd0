package io.idagent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report for node_exporter, with a stand-in for the program. */
class ReportScriptTest {

    private static final Path SCRIPT = Path.of("deploy/deb/report").toAbsolutePath();

    @TempDir
    private Path temporary;

    private Path collector;

    @BeforeEach
    void aDirectoryThatIsCollected() throws IOException {
        collector = Files.createDirectory(temporary.resolve("collector"));
    }

    @Test
    void theReportIsThereAsAWholeAndEverybodyMayReadIt() throws Exception {
        assertEquals(0, report("echo ready 1"));
        assertEquals("ready 1\n", Files.readString(collector.resolve("id.prom")));
        assertEquals("rw-r--r--", mode(collector.resolve("id.prom")));
        assertEquals(1, files(), "nothing else is left behind");
    }

    @Test
    void whatIsNoStatusLeavesTheLastOneAlone() throws Exception {
        report("echo ready 1");
        assertEquals(4, report("echo half a; exit 4"));
        assertEquals(1, report(":"));
        assertEquals("ready 1\n", Files.readString(collector.resolve("id.prom")));
        assertEquals(1, files());
    }

    /** The directory may belong to the user whom node_exporter runs as. */
    @Test
    void aFileThatIsExchangedForALinkMeanwhileTouchesNothingElse() throws Exception {
        Path secret = Files.writeString(temporary.resolve("secret"), "secret");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        report("for new in " + collector + "/*; do ln -sf " + secret + " \"$new\"; done; echo ready 1");
        assertEquals("rw-------", mode(secret));
        assertEquals("secret", Files.readString(secret));
    }

    private int report(String program) throws Exception {
        Path bin = Files.createDirectories(temporary.resolve("bin"));
        Path standIn = Files.writeString(bin.resolve("libvirt-id-agent"), "#!/bin/sh\n" + program + "\n");
        Files.setPosixFilePermissions(standIn, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProcessBuilder script = new ProcessBuilder(
                "sh", SCRIPT.toString(), collector.resolve("id.prom").toString());
        script.environment().put("PATH", bin + ":" + System.getenv("PATH"));
        return script.inheritIO().start().waitFor();
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(collector)) {
            return files.count();
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
