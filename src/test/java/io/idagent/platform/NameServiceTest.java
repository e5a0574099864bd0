package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks the real C library. */
class NameServiceTest {

    private static final Uid NOBODYS_UID = new Uid(4_000_000_007L);
    private static final Gid NOBODYS_GID = new Gid(4_000_000_007L);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void rootIsKnownInBothDirections() throws NameServiceException {
        NameService names = new NameService(LIMIT, false);
        assertEquals(Optional.of("root"), names.userName(Uid.ROOT));
        assertEquals(Optional.of("root"), names.groupName(Gid.ROOT));
        assertEquals(Uid.ROOT, names.user("root").orElseThrow().uid());
        assertEquals("/root", names.user("root").orElseThrow().home());
        assertEquals(Gid.ROOT, names.group("root").orElseThrow().gid());
    }

    /** An implementation that is not ours. */
    @Test
    void theAnswersAreThoseOfJnrPosix() throws NameServiceException {
        NameService names = new NameService(LIMIT, false);
        POSIX posix = POSIXFactory.getNativePOSIX();
        for (String name : List.of("root", "daemon", "nobody", "there-is-no-such-name")) {
            assertEquals(user(posix.getpwnam(name)), names.user(name));
        }
        for (String name : List.of("root", "daemon", "nogroup", "there-is-no-such-name")) {
            assertEquals(group(posix.getgrnam(name)), names.group(name));
        }
        for (long id : new long[] {0, 1, 2, 65534, 3999999999L, Uid.LAST}) {
            assertEquals(user(posix.getpwuid((int) id)).map(UserEntry::name), names.userName(new Uid(id)));
            assertEquals(group(posix.getgrgid((int) id)).map(GroupEntry::name), names.groupName(new Gid(id)));
        }
    }

    private static Optional<UserEntry> user(Passwd found) {
        return Optional.ofNullable(found)
                .map(user -> new UserEntry(
                        user.getLoginName(),
                        Uid.ofBits((int) user.getUID()),
                        Gid.ofBits((int) user.getGID()),
                        user.getHome()));
    }

    private static Optional<GroupEntry> group(Group found) {
        return Optional.ofNullable(found)
                .map(group -> new GroupEntry(group.getName(), Gid.ofBits((int) group.getGID())));
    }

    @Test
    void aNameThatIsNotAsciiIsAskedForAsItIs() throws NameServiceException {
        assertEquals(Optional.empty(), new NameService(LIMIT, false).user("jörg"));
    }

    @Test
    void whatNoAccountCanBeCalledIsNotAskedFor() {
        NameService names = new NameService(LIMIT, false);
        for (String name : List.of("root\0", "root\ud800")) {
            assertThrows(NameServiceException.class, () -> names.user(name));
            assertThrows(NameServiceException.class, () -> names.group(name));
        }
    }

    @Test
    void whatNobodyKnowsIsEmpty() throws NameServiceException {
        NameService names = new NameService(LIMIT, false);
        assertEquals(Optional.empty(), names.userName(NOBODYS_UID));
        assertEquals(Optional.empty(), names.groupName(NOBODYS_GID));
        assertEquals(Optional.empty(), names.user("no-such-user"));
        assertEquals(Optional.empty(), names.group("no-such-group"));
    }

    @Test
    void filesAndSystemdHideNothing() throws Exception {
        assertEquals(List.of(), failing("passwd: files systemd\ngroup: compat systemd\n"));
    }

    @Test
    void aServiceThatCannotAnswerIsFoundThoughALaterOneAnswers() throws Exception {
        // hesiod comes with glibc, and fails wherever no hesiod is set up.
        List<String> failing = failing("passwd: files hesiod files\ngroup: files\n");
        assertEquals(1, failing.size());
        assertTrue(failing.get(0).contains("'hesiod' cannot answer for passwd: ENOENT"), failing.get(0));
        rootIsKnownInBothDirections();
        whatNobodyKnowsIsEmpty();
    }

    /** glibc says that there is no such user, with code 0. */
    @Test
    void anOutageThatALaterServiceHidesIsNotTakenForNobody() throws Exception {
        NameService names = configured("passwd: files hesiod files\ngroup: files hesiod files\n");
        assertThrows(NameServiceException.class, () -> names.userName(NOBODYS_UID));
        assertThrows(NameServiceException.class, () -> names.groupName(NOBODYS_GID));
        assertThrows(NameServiceException.class, () -> names.user("no-such-user"));
        assertThrows(NameServiceException.class, () -> names.group("no-such-group"));
    }

    /** It is not asked again for a while, so that nobody waits for it again. */
    @Test
    void meanwhileTheAccountFilesAnswer() throws Exception {
        NameService names = configured("passwd: files hesiod files\ngroup: files hesiod files\n");
        assertThrows(NameServiceException.class, () -> names.userName(NOBODYS_UID));
        assertEquals(Optional.of("root"), names.userName(Uid.ROOT));
        assertEquals(Uid.ROOT, names.user("root").orElseThrow().uid());
        assertEquals(Optional.of("root"), names.groupName(Gid.ROOT));
        assertEquals(Gid.ROOT, names.group("root").orElseThrow().gid());
        assertTrue(names.failingServices(NOBODYS_UID, NOBODYS_GID).get(0).contains("'hesiod' cannot answer"));
    }

    @Test
    void whenThatWhileHasPassedItIsAskedAgain() throws Exception {
        NameService names = new NameService(nsswitch("passwd: files hesiod files\n"), Duration.ofMillis(500), false);
        assertThrows(NameServiceException.class, () -> names.userName(NOBODYS_UID));
        nsswitch("passwd: files\n");
        Thread.sleep(600);
        assertEquals(Optional.empty(), names.userName(NOBODYS_UID));
    }

    @Test
    void aServiceThatIsNotInstalledCannotAnswer() throws Exception {
        List<String> failing = failing("passwd: files\ngroup: files nosuchservice\n");
        assertEquals(1, failing.size());
        assertTrue(failing.get(0).contains("libnss_nosuchservice.so.2 cannot be loaded"), failing.get(0));
        rootIsKnownInBothDirections();
    }

    @Test
    void withoutNsswitchConfOnlyFilesAreAsked() throws Exception {
        assertEquals(
                List.of(),
                new NameService(directory.resolve("none"), LIMIT, false).failingServices(NOBODYS_UID, NOBODYS_GID));
    }

    private List<String> failing(String nsswitch) throws Exception {
        return configured(nsswitch).failingServices(NOBODYS_UID, NOBODYS_GID);
    }

    private NameService configured(String nsswitch) throws Exception {
        return new NameService(nsswitch(nsswitch), LIMIT, false);
    }

    private Path nsswitch(String text) throws Exception {
        return Files.writeString(directory.resolve("nsswitch.conf"), text);
    }
}
