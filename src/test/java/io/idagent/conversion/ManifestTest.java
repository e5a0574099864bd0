package io.idagent.conversion;

import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.TARGET;
import static io.idagent.host.HostStory.owner;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.ownership.Hit;
import io.idagent.ownership.OwnerHit;
import io.idagent.ownership.PathError;
import io.idagent.ownership.Reason;
import io.idagent.ownership.ScanResult;
import io.idagent.platform.FileType;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of files: complete and intact, or refused; names are bytes. */
class ManifestTest {

    @TempDir
    private Path directory;

    static OwnerHit hit(RawPath path, long inode, Owner before, Owner after) {
        return new OwnerHit(path, inode, FileType.REGULAR, 0640, before, after, Reason.FORMER_ID, 4096);
    }

    static OwnerHit hit(String path, Owner before, Owner after) {
        return hit(RawPath.of(Path.of(path)), path.hashCode() & 0xffff, before, after);
    }

    private static RawPath withName(byte... name) {
        byte[] path = new byte[name.length + 1];
        path[0] = '/';
        System.arraycopy(name, 0, path, 1, name.length);
        return RawPath.ofBytes(path);
    }

    private void write(int pass, List<Hit> hits) throws IOException {
        try (Manifest.PassWriter writer = new Manifest(directory).begin(pass)) {
            for (Hit hit : hits) {
                writer.add(hit);
            }
            writer.complete();
        }
    }

    private List<Hit> read(int pass) throws IOException {
        List<Hit> hits = new ArrayList<>();
        new Manifest(directory).read(pass, hits::add);
        return hits;
    }

    @Test
    void everyByteThatANameCanHaveComesBack() throws IOException {
        List<Hit> hits = new ArrayList<>();
        for (int b = 1; b < 256; b++) {
            if (b != '/' && b != '.') {
                hits.add(hit(withName((byte) b), b, OLD, TARGET));
                hits.add(hit(withName((byte) '%', (byte) b, (byte) '2'), b, OLD, TARGET));
            }
        }
        hits.add(hit(RawPath.ROOT, 2, OLD, TARGET));
        write(1, hits);
        assertEquals(hits, read(1));
    }

    @Test
    void everyLineIsPlainTextWhateverTheNameIs() throws IOException {
        write(1, List.of(hit(withName("a b\nend 7\n\u001b[2J".getBytes(StandardCharsets.UTF_8)), 1, OLD, TARGET)));
        String text = Files.readString(directory.resolve("manifest-1"), StandardCharsets.US_ASCII);
        assertEquals("FORMER_ID REGULAR 1 640 109:114 64055:64055 4096 /a%20b%0Aend%207%0A%1B[2J\nend 1\n", text);
    }

    @Test
    void theExtremesOfAllNumbersComeBack() throws IOException {
        List<Hit> hits = List.of(
                new OwnerHit(
                        RawPath.ROOT,
                        -1,
                        FileType.DIRECTORY,
                        07777,
                        owner(0, 4294967294L),
                        owner(4294967294L, 0),
                        Reason.ORPHAN,
                        Long.MAX_VALUE),
                new OwnerHit(RawPath.ROOT, 0, FileType.SOCKET, 0, OLD, OLD, Reason.ALREADY_TARGET, 0));
        write(1, hits);
        assertEquals(hits, read(1));
    }

    @Test
    void anEmptyPassIsComplete() throws IOException {
        write(1, List.of());
        assertEquals(List.of(), read(1));
    }

    @Test
    void passesAreNumberedAndAnUnfinishedOneIsNone() throws IOException {
        write(2, List.of());
        write(1, List.of());
        write(10, List.of());
        try (Manifest.PassWriter writer = new Manifest(directory).begin(3)) {
            writer.add(hit("/a", OLD, TARGET));
            assertEquals(List.of(1, 2, 10), new Manifest(directory).passes());
        }
        assertEquals(List.of(1, 2, 10), new Manifest(directory).passes());
    }

    @Test
    void whatACrashLeftOfAPassIsWrittenAnew() throws IOException {
        Files.writeString(directory.resolve("manifest-1.unfinished"), "half a li");
        assertEquals(List.of(), new Manifest(directory).passes());
        write(1, List.of(hit("/a", OLD, TARGET)));
        assertEquals(List.of(hit("/a", OLD, TARGET)), read(1));
    }

    /** Below --root the file may have come with the disk. */
    @Test
    void aLinkThatLiesWhereAPassIsToBeWrittenIsReplacedAndNotFollowed() throws IOException {
        Path host = Files.writeString(directory.resolve("passwd"), "root:x:0:0");
        Files.createSymbolicLink(directory.resolve("manifest-1.unfinished"), host);
        Files.createSymbolicLink(directory.resolve("manifest-1"), host);
        write(1, List.of(hit("/a", OLD, TARGET)));
        assertEquals("root:x:0:0", Files.readString(host));
        assertEquals(List.of(hit("/a", OLD, TARGET)), read(1));
    }

    @Test
    void aPassIsForRootAlone() throws IOException {
        write(1, List.of(hit("/a", OLD, TARGET)));
        assertEquals("rw-------", permissions("manifest-1"));
    }

    @Test
    void aPassThatOthersCouldHaveWrittenIsNotBelieved() throws IOException {
        write(1, List.of(hit("/a", OLD, TARGET)));
        Path file = directory.resolve("manifest-1");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertTrue(assertThrows(IOException.class, () -> read(1)).getMessage().contains(file + " is not believed"));

        Files.move(file, directory.resolve("elsewhere"));
        Files.setPosixFilePermissions(directory.resolve("elsewhere"), PosixFilePermissions.fromString("rw-------"));
        Files.createSymbolicLink(file, directory.resolve("elsewhere"));
        assertTrue(assertThrows(IOException.class, () -> read(1)).getMessage().contains("is a symbolic link"));
    }

    private String permissions(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name)));
    }

    @Test
    void aManifestThatIsCutShortAnywhereIsRefused() throws IOException {
        write(1, List.of(hit("/a%b", OLD, TARGET), hit("/var/lib/libvirt/b c", OLD, TARGET)));
        Path file = directory.resolve("manifest-1");
        String whole = Files.readString(file);
        // Without its very last newline it still says that it is whole.
        for (int length = 0; length < whole.length() - 1; length++) {
            Files.writeString(file, whole.substring(0, length));
            IOException refused = assertThrows(IOException.class, () -> read(1), whole.substring(0, length));
            assertTrue(refused.getMessage().contains("manifest-1"), refused.getMessage());
        }
    }

    @Test
    void aManifestThatLacksALineIsRefused() throws IOException {
        write(1, List.of(hit("/a", OLD, TARGET), hit("/b", OLD, TARGET)));
        Path file = directory.resolve("manifest-1");
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.remove(0);
        Files.write(file, lines);
        IOException refused = assertThrows(IOException.class, () -> read(1));
        assertTrue(refused.getMessage().contains("has 1 lines"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 4096",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 4096 /a b",
                "SOME_REASON REGULAR 1 640 109:114 64055:64055 4096 /a",
                "FORMER_ID DOOR 1 640 109:114 64055:64055 4096 /a",
                "FORMER_ID REGULAR -1 640 109:114 64055:64055 4096 /a",
                "FORMER_ID REGULAR 1 689 109:114 64055:64055 4096 /a",
                "FORMER_ID REGULAR 1 640 109 64055:64055 4096 /a",
                "FORMER_ID REGULAR 1 640 109:114 64055: 4096 /a",
                "FORMER_ID REGULAR 1 640 109:114 4294967295:0 4096 /a",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 x /a",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 4096 a",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 4096 /a/../b",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 4096 /a%",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 4096 /a%4",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 4096 /a%zz",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 4096 /a%+4",
                "FORMER_ID REGULAR 1 640 109:114 64055:64055 4096 /a%00b",
            })
    void aDamagedLineIsRefusedByItsNumber(String line) {
        IOException refused =
                assertThrows(IOException.class, () -> ManifestLine.parse(line, Path.of("/j/manifest-1"), 7));
        assertTrue(refused.getMessage().startsWith("line 7 of /j/manifest-1 is damaged"), refused.getMessage());
    }

    @Test
    void formerOwnersComeBackHalfByHalf() throws IOException {
        write(
                1,
                List.of(
                        hit("/both", owner(105, 112), TARGET),
                        hit("/uid-only", owner(109, 0), owner(64055, 0)),
                        hit("/already", TARGET, TARGET),
                        hit("/twice", OLD, TARGET)));
        write(2, List.of(hit("/twice", owner(1, 1), TARGET)));
        FormerOwners former =
                FormerOwners.of(List.of(new Manifest(directory)), (one, other) -> false, (place, first) -> {});

        assertEquals(owner(105, 112), back(former, "/both", TARGET), "an adopted orphan");
        assertEquals(owner(109, 0), back(former, "/uid-only", owner(64055, 0)));
        assertEquals(owner(109, 64055), back(former, "/uid-only", TARGET), "the group came later");
        assertEquals(owner(1000, 112), back(former, "/both", owner(1000, 64055)), "the user was given away since");
        assertEquals(OLD, back(former, "/twice", TARGET), "the first look tells the beginning");
        assertEquals(null, former.apply(hit("/already", TARGET, OLD)), "had the number all along");
        assertEquals(null, former.apply(hit("/both", owner(1000, 1000), OLD)), "nothing of ours is left there");
    }

    /** A scan gives one name of a file, not always the same; and a rollback that was undone has its list as well. */
    @Test
    void whatALaterListCallsByAnotherNameStillGoesBackToTheBeginning() throws IOException {
        write(1, List.of(named("/images/one", OLD, TARGET)));
        write(2, List.of(named("/images/other", TARGET, OLD), named("/elsewhere", owner(1, 1), TARGET)));
        FormerOwners former = FormerOwners.of(
                List.of(new Manifest(directory)),
                (one, other) -> List.of(one, other).stream()
                        .allMatch(path -> path.toString().startsWith("/images/")),
                (place, first) -> {});

        assertEquals(named("/images/other", TARGET, OLD), former.apply(named("/images/other", TARGET, owner(0, 0))));
        assertEquals(named("/images/one", TARGET, OLD), former.apply(named("/images/one", TARGET, owner(0, 0))));
        assertEquals(
                named("/elsewhere", TARGET, owner(1, 1)),
                former.apply(named("/elsewhere", TARGET, OLD)),
                "a file on another file system, with the same inode");
    }

    private static OwnerHit named(String path, Owner before, Owner after) {
        return hit(RawPath.of(Path.of(path)), 4711, before, after);
    }

    @Test
    void aFileThatIsNotInTheListGoesWhereTheRulesSay() throws IOException {
        write(1, List.of(hit("/a", owner(105, 112), TARGET)));
        FormerOwners former =
                FormerOwners.of(List.of(new Manifest(directory)), (one, other) -> false, (place, first) -> {});
        Hit newFile = hit("/b", TARGET, OLD);
        assertEquals(newFile, former.apply(newFile));
        Hit otherFileOfThatName = hit(RawPath.of(Path.of("/a")), 77777, TARGET, OLD);
        assertEquals(otherFileOfThatName, former.apply(otherFileOfThatName));
    }

    /** It may have been there with the new numbers all along, and then it is not ours to give away. */
    @Test
    void aFileThatIsNotInTheListAsNobodyCouldLookThereStaysAsItIs() throws IOException {
        write(1, List.of(hit("/broken/noted", OLD, TARGET)));
        new Manifest(directory).noteUnread(List.of(unread("/broken"), unread("/other")));
        List<String> doubts = new ArrayList<>();
        FormerOwners former = FormerOwners.of(
                List.of(new Manifest(directory)),
                (one, other) -> false,
                (place, first) -> doubts.add(place + " " + first));

        assertEquals(null, former.apply(hit("/broken/file", TARGET, OLD)));
        assertEquals(null, former.apply(hit("/broken", TARGET, OLD)));
        assertEquals(OLD, back(former, "/broken/noted", TARGET), "a later pass saw it");
        assertEquals(OLD, back(former, "/broken2", TARGET));
        assertEquals(List.of("/broken /broken/file"), doubts, "said once, however many there are");
    }

    /** A scan names the first hundred places that it could not look at, and counts the others. */
    @Test
    void whereTooMuchCouldNotBeLookedAtNothingThatIsNotInTheListIsGivenBack() throws IOException {
        write(1, List.of(hit("/noted", OLD, TARGET)));
        new Manifest(directory)
                .noteUnread(IntStream.range(0, ScanResult.ERRORS)
                        .mapToObj(i -> unread("/broken" + i))
                        .toList());
        FormerOwners former =
                FormerOwners.of(List.of(new Manifest(directory)), (one, other) -> false, (place, first) -> {});

        assertEquals(null, former.apply(hit("/elsewhere/file", TARGET, OLD)));
        assertEquals(OLD, back(former, "/noted", TARGET));
    }

    private static PathError unread(String path) {
        return new PathError(path, "EIO", "cannot read the directory " + path);
    }

    private static Owner back(FormerOwners former, String path, Owner now) throws IOException {
        return ((OwnerHit) former.apply(hit(path, now, OLD))).after();
    }
}
