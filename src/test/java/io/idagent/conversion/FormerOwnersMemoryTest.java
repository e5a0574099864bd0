package io.idagent.conversion;

import static io.idagent.host.HostStory.TARGET;
import static io.idagent.host.HostStory.owner;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.ownership.OwnerHit;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversion of very many files can be taken back with the little memory that the program is given. */
class FormerOwnersMemoryTest {

    private static final int FILES = 300_000;

    @TempDir
    private Path directory;

    @Test
    void theMemoryThatARollbackTakesHardlyGrowsWithTheNumberOfFiles() throws Exception {
        try (Manifest.PassWriter pass = new Manifest(directory).begin(1)) {
            for (int i = 0; i < FILES; i++) {
                pass.add(file(i, owner(i % 900, i % 800), TARGET));
            }
            pass.complete();
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx24m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FormerOwnersMemoryTest.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("all are known\n", said);
        assertEquals(0, process.waitFor());
    }

    /** In a Java of its own, as that of this test has more memory. */
    public static void main(String[] arguments) throws IOException {
        try (FormerOwners former = FormerOwners.of(
                List.of(new Manifest(Path.of(arguments[0]))), (one, other) -> false, (place, first) -> {})) {
            for (int i = 0; i < FILES; i += 7) {
                OwnerHit back = (OwnerHit) former.apply(file(i, TARGET, owner(1, 1)));
                if (!back.after().equals(owner(i % 900, i % 800))) {
                    throw new AssertionError(i + " goes to " + back.after());
                }
            }
        }
        System.out.println("all are known");
    }

    private static OwnerHit file(int number, Owner before, Owner after) {
        return ManifestTest.hit(
                RawPath.of(Path.of("/var/lib/libvirt/images/a-directory/file-" + number)), number, before, after);
    }
}
