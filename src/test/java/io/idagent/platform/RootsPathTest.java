package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether somebody else than root can exchange what a path leads to. Needs root. */
@Tag("root")
class RootsPathTest {

    private static final int SOMEBODY = 12345;

    @TempDir
    private Path directory;

    private Path etc;
    private Path file;

    @BeforeEach
    void aFileOfRoots() throws IOException {
        etc = Files.createDirectory(directory.resolve("etc"));
        file = Files.createFile(etc.resolve("file"));
        mode(etc, "rwxr-xr-x");
        mode(file, "rw-r--r--");
    }

    @Test
    void whatIsRootsAllTheWayIsStrong() throws IOException {
        assertEquals(Optional.empty(), weakPlace(file));
    }

    @Test
    void aFileAndADirectoryOfSomebodyElsesAreWeak() throws IOException {
        belongsTo(file, SOMEBODY);
        assertEquals(Optional.of(file), weakPlace(file));
        belongsTo(file, 0);
        belongsTo(etc, SOMEBODY);
        assertEquals(Optional.of(etc), weakPlace(file));
    }

    @Test
    void whatOthersCanWriteIsWeakAndInASharedDirectoryWhatRootHasPutThereIsNot() throws IOException {
        mode(etc, "rwxrwxr-x");
        assertEquals(Optional.of(etc), weakPlace(file));
        Files.setAttribute(etc, "unix:mode", 01777);
        assertEquals(Optional.empty(), weakPlace(file));
        assertEquals(Optional.of(etc), weakPlace(etc), "anybody can put something into it");
        mode(file, "rw-rw-rw-");
        assertEquals(Optional.of(file), weakPlace(file));
    }

    /** The link is as good as the directory in which it lies, and as each that it leads through. */
    @Test
    void theDirectoriesOfLinksCount() throws IOException {
        Path theirs = Files.createDirectory(directory.resolve("theirs"));
        belongsTo(theirs, SOMEBODY);
        Path link = Files.createSymbolicLink(theirs.resolve("link"), file);
        assertEquals(Optional.of(theirs), weakPlace(link));

        Path first = Files.createSymbolicLink(directory.resolve("first"), Path.of("theirs/link"));
        assertEquals(Optional.of(theirs), weakPlace(first), "root's link to one of theirs to root's file");

        Path through = Files.createSymbolicLink(directory.resolve("through"), Path.of("etc/../theirs/../etc/file"));
        assertEquals(Optional.of(theirs), weakPlace(through));

        Path good = Files.createSymbolicLink(directory.resolve("good"), Path.of("etc/../etc/./file"));
        assertEquals(Optional.empty(), weakPlace(good));
        Files.setAttribute(good, "unix:uid", SOMEBODY, LinkOption.NOFOLLOW_LINKS);
        assertEquals(Optional.of(good), weakPlace(good));
    }

    @Test
    void aPathThatLeadsNowhereIsSaidToDoSo() throws IOException {
        assertThrows(NoSuchFileException.class, () -> weakPlace(etc.resolve("none")));
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
        assertThrows(FileSystemException.class, () -> weakPlace(loop));
    }

    private static Optional<Path> weakPlace(Path path) throws IOException {
        return RootsPath.weakness(path).map(RootsPath.Weak::place);
    }

    private static void belongsTo(Path path, int uid) throws IOException {
        Files.setAttribute(path, "unix:uid", uid);
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
