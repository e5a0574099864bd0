package io.idagent.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.host.GuestFileFacts.Missing;
import io.idagent.host.GuestFileFacts.NotSeen;
import io.idagent.host.GuestFileFacts.Present;
import io.idagent.host.GuestFileLook.Mount;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class GuestFileLookTest {

    private static final Mount LOCAL = new Mount("/", "ext4", true, false, true);
    private static final Mount SHARED = new Mount("/srv/nfs", "nfs4", false, false, true);

    @TempDir
    Path directory;

    private static GuestFileLook look(Mount mount, boolean root) {
        return new GuestFileLook(path -> mount, path -> true, root, Duration.ofSeconds(10));
    }

    private String image() throws Exception {
        Path image = Files.createTempFile(directory, "image", "");
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rw-r-----"));
        return image.toString();
    }

    @Test
    void ownerAndModeAreThoseOfTheFile() throws Exception {
        String image = image();
        Owner owner =
                new Owner(Uid.ofBits((Integer) Files.getAttribute(Path.of(image), "unix:uid")), Gid.ofBits((Integer)
                        Files.getAttribute(Path.of(image), "unix:gid")));
        GuestFileFacts facts = look(LOCAL, false).apply(image);
        Present present = assertInstanceOf(Present.class, facts.sight());
        assertEquals(
                new GuestFileFacts(
                        "ext4", true, false, true, new Present(owner, 0640, Optional.of(true), present.way())),
                facts);
        assertEquals(directory.toString(), present.way().get(0).path());
        assertEquals("/", present.way().get(present.way().size() - 1).path());
    }

    @Test
    void onASharedFileSystemOnlyRootCanTellWhatRootMayDo() throws Exception {
        String image = image();
        Present toOthers =
                assertInstanceOf(Present.class, look(SHARED, false).apply(image).sight());
        Present toRoot =
                assertInstanceOf(Present.class, look(SHARED, true).apply(image).sight());
        assertEquals(Optional.empty(), toOthers.rootMayGive());
        assertEquals(Optional.of(true), toRoot.rootMayGive());
    }

    /** It lets root write, and refuses chown, or forgets it. */
    @Test
    void whereNoOwnersAreKeptRootCannotGiveAFileAway() throws Exception {
        Mount fuse = new Mount("/mnt", "fuse.sshfs", false, false, false);
        for (boolean root : new boolean[] {true, false}) {
            Present present = assertInstanceOf(
                    Present.class, look(fuse, root).apply(image()).sight());
            assertEquals(Optional.of(false), present.rootMayGive());
        }
    }

    @Test
    void theMountOfALinksTargetCounts() throws Exception {
        Path image = Path.of(image()).toRealPath();
        Path link = Files.createSymbolicLink(directory.resolve("link"), image);
        GuestFileLook look = new GuestFileLook(
                path -> path.equals(image) ? SHARED : LOCAL, path -> false, true, Duration.ofSeconds(10));
        assertEquals("nfs4", look.apply(link.toString()).fileSystem());
    }

    @Test
    void aMissingFileIsNotAFileThatCannotBeSeen() {
        assertInstanceOf(
                Missing.class, look(LOCAL, true).apply(directory + "/none").sight());
        assertInstanceOf(
                NotSeen.class,
                look(LOCAL, true).apply(directory + "/zero\0byte").sight());
    }

    @Test
    @Timeout(20)
    void aServerThatDoesNotAnswerCostsTheLimitOnce() throws Exception {
        String image = image();
        CountDownLatch never = new CountDownLatch(1);
        Path real = Path.of(image).toRealPath();
        int[] asked = {0};
        GuestFileLook look = new GuestFileLook(
                path -> {
                    if (Thread.currentThread().isDaemon() && path.equals(real)) {
                        asked[0]++;
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    return SHARED;
                },
                path -> false,
                true,
                Duration.ofMillis(300));
        for (int i = 0; i < 3; i++) {
            NotSeen blind = assertInstanceOf(NotSeen.class, look.apply(image).sight());
            assertTrue(blind.reason().contains("/srv/nfs does not answer"), blind.reason());
        }
        assertEquals(1, asked[0]);
        never.countDown();
    }
}
