package io.idagent.badworld;

import static io.idagent.badworld.OldHost.assertSays;
import static io.idagent.badworld.OldHost.words;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Directory;
import io.idagent.lab.Directory.Client;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Users and groups in a real directory, which may be down, or hang. What is not known is not taken for free. */
@NeedsLab
class DirectoryTest {

    private static final int TAKEN = 4;
    private static final int BLOCKED = 5;

    /** Debian's order where libnss-systemd is installed. The last service answers, and an outage does not show. */
    private static final String HIDES_OUTAGES = "files %s systemd";

    /** libvirt, too, asks for names, and waits for them. */
    private static final String[] QUICKLY = {"-Didagent.timeouts.name-service=2s", "-Didagent.timeouts.libvirt=3s"};

    /** Numbers of system accounts, whose files would be adopted if they had no names. */
    private static final List<String> SOMEBODY = List.of("carol:150:150", "carols:150", "bob:117:118", "bobs:118");

    private static OldHost old;

    private Directory directory;

    @BeforeAll
    static void boot(Lab lab) {
        old = OldHost.boot(lab, "h1");
        old.host().sh("""
                cd /var/lib/libvirt/images
                touch carols bobs; chown 150:150 carols; chown 117:118 bobs
                """);
    }

    @AfterEach
    void endDirectory() {
        if (directory != null) {
            directory.end();
        }
        assertEquals("150:150", old.host().owner("/var/lib/libvirt/images/carols"));
        assertEquals("117:118", old.host().owner("/var/lib/libvirt/images/bobs"));
    }

    /** Nothing but the troubles was in the way. What nobody has any more is adopted. */
    @AfterAll
    static void withoutTroubleItIsConverted() {
        old.convertNow().mustSucceed();
        old.isConverted();
        assertEquals("64055:64055", old.host().owner("/var/lib/libvirt/images/carols"));
    }

    @ParameterizedTest
    @EnumSource
    void aUserInItHasTheUid(Client client) {
        start(client, "files %s", "alice:64055:100");

        Result result = old.refuses(TAKEN, List.of("UID_TAKEN: uid 64055 is taken by user alice"));

        assertFalse(result.out().contains("GID_TAKEN"), result.out());
    }

    @ParameterizedTest
    @EnumSource
    void aGroupInItHasTheGid(Client client) {
        start(client, HIDES_OUTAGES, "admins:64055");

        Result result = old.refuses(TAKEN, List.of("GID_TAKEN: gid 64055 is taken by group admins"));

        assertFalse(result.out().contains("UID_TAKEN"), result.out());
    }

    @Test
    void theAccountItselfIsOnlyThere() {
        try (OldHost.Trouble t =
                old.withAccounts("sed -i /^libvirt-qemu:/d /etc/passwd /etc/group /etc/shadow /etc/gshadow")) {
            start(Client.NSLCD, HIDES_OUTAGES, "libvirt-qemu:1109:1114", "libvirt-qemu:1114");
            old.refuses(
                    BLOCKED,
                    List.of("ACCOUNT_NOT_LOCAL: the user libvirt-qemu", "ACCOUNT_NOT_LOCAL: the group libvirt-qemu"));

            directory.stopSlapd();
            Result result = old.refuses(BLOCKED, List.of("BLOCKED", "NAME_SERVICE_FAILING: ", "'ldap'"), QUICKLY);

            assertFalse(result.out().contains("NOT_APPLICABLE"), result.out());
        }
    }

    @Test
    void aFormerNumberThatItHasGivenAwayIsNoLongerTheAccounts() {
        start(Client.NSLCD, HIDES_OUTAGES, SOMEBODY.toArray(String[]::new));
        String[] former = {"-Didagent.former-uids=117", "-Didagent.former-gids=118"};

        assertSays(
                2,
                List.of(
                        "FORMER_ID_REUSED: uid 117 belongs to user bob now",
                        "FORMER_ID_REUSED: gid 118 belongs to group bobs now"),
                old.agent(words("status", former)));
        old.convertNow(former).mustSucceed();
        old.isConverted();
        old.agent(words("--rollback", former)).mustSucceed();
        old.isAsBefore();
    }

    enum Outage {
        IT_IS_DOWN(Directory::stopSlapd),
        IT_HANGS(Directory::freezeSlapd),
        ITS_CLIENT_IS_DOWN(Directory::stopClient),
        ITS_CLIENT_HANGS(Directory::freezeClient);

        private final Consumer<Directory> begin;

        Outage(Consumer<Directory> begin) {
            this.begin = begin;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOutageIsNotTakenForNobody(Outage outage) {
        start(Client.NSLCD, HIDES_OUTAGES, SOMEBODY.toArray(String[]::new));
        outage.begin.accept(directory);

        old.refuses(BLOCKED, List.of("NAME_SERVICE_FAILING: ", "'ldap'"), QUICKLY);
        Result status = old.agent(words("status", words("--output=json", QUICKLY)));

        assertAll(
                () -> assertEquals(2, status.exitCode(), status.toString()),
                () -> assertTrue(status.out().contains("\"state\" : \"BLOCKED\""), status.out()),
                () -> assertFalse(status.out().contains("images/carols"), "adoptable? " + status.out()),
                () -> assertFalse(status.out().contains("adoptable_orphans"), status.out()));
        directory.ask(Client.NSLCD, "files %s");
        Result unprivileged = asNobody(words("status", QUICKLY));
        assertSays(2, List.of("BLOCKED", "NAME_SERVICE_FAILING: ", "'ldap'"), unprivileged);
    }

    /** Out of reach of its directory sssd itself says "no such user", as if it knew. */
    @Test
    void sssdThatIsOfflineIsNotBelieved() {
        start(Client.SSSD, HIDES_OUTAGES, SOMEBODY.toArray(String[]::new));
        directory.stopSlapd();
        old.refuses(BLOCKED, List.of("NAME_SERVICE_FAILING: ", "sssd is offline"));

        directory.stopClient();
        old.refuses(BLOCKED, List.of("NAME_SERVICE_FAILING: ", "'sss' cannot answer for passwd"));
    }

    private static Result asNobody(String... arguments) {
        return old.host()
                .run(Stream.concat(
                                Stream.of(
                                        "setpriv",
                                        "--reuid=nobody",
                                        "--regid=nogroup",
                                        "--clear-groups",
                                        "libvirt-id-agent"),
                                Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private void start(Client client, String order, String... entries) {
        directory = Directory.start(old.host(), client, order, List.of(entries));
    }
}
