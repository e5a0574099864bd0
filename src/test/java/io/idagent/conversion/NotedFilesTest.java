package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.ownership.OwnerHit;
import io.idagent.ownership.Reason;
import io.idagent.platform.FileType;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a rollback looks up in manifests. */
class NotedFilesTest {

    @TempDir
    Path directory;

    private Manifest manifest;

    @BeforeEach
    void write() throws IOException {
        manifest = new Manifest(directory);
        try (Manifest.PassWriter first = manifest.begin(1)) {
            first.add(hit(7, "/a", 109));
            first.add(hit(8, "/b", 109));
            first.complete();
        }
        try (Manifest.PassWriter second = manifest.begin(2)) {
            second.add(hit(7, "/elsewhere/c", 110));
            second.complete();
        }
    }

    private static OwnerHit hit(long inode, String path, long uid) {
        return new OwnerHit(
                RawPath.ofBytes(path.getBytes(StandardCharsets.US_ASCII)),
                inode,
                FileType.REGULAR,
                0644,
                new Owner(new Uid(uid), new Gid(114)),
                new Owner(new Uid(64055), new Gid(64055)),
                Reason.FORMER_ID,
                3);
    }

    @Test
    void linesOfAllPassesAreFoundByTheInodeInTheirOrder() throws IOException {
        try (NotedFiles noted = NotedFiles.in(List.of(manifest))) {
            assertEquals(List.of(hit(7, "/a", 109), hit(7, "/elsewhere/c", 110)), noted.withInode(7));
            assertEquals(List.of(hit(8, "/b", 109)), noted.withInode(8));
            assertEquals(List.of(), noted.withInode(9));
        }
    }

    /** As a reader ends lines, and one more that may not be ended. */
    @Test
    void linesAreCountedBeforeAnyIsRead() throws IOException {
        assertEquals(4, manifest.mostLines(1));
        Files.writeString(directory.resolve("manifest-1"), "a\rb\nc");
        assertEquals(3, manifest.mostLines(1));
    }

    /** The last byte, the last line, half a line, half a path, the line ends of another system. */
    @ParameterizedTest
    @ValueSource(strings = {"(?s).$", "end 2\n$", "[^\n]{9}\nend 2\n$", "b\nend 2\n$", "\n"})
    void aDamagedOneIsRefusedAndSaysHow(String damage) throws IOException {
        Files.delete(directory.resolve("manifest-2"));
        Path pass = directory.resolve("manifest-1");
        Files.writeString(pass, Files.readString(pass).replaceAll(damage, damage.equals("\n") ? "\r\r" : ""));

        IOException refused = assertThrows(IOException.class, () -> NotedFiles.in(List.of(manifest)));

        assertTrue(refused.getMessage().contains(pass.toString()), refused.getMessage());
    }
}
