package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.host.NamesBesideReserved;
import io.idagent.host.ReservedIds;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A number that is given up is nobody's as long as a file carries it, and free as soon as none does. */
@Tag("root")
class ReservedNumbersTest extends OldSystem {

    private static final String FILE = "images/17";
    private static final String USER = "libvirt-qemu-former-109";
    private static final String GROUP = "libvirt-qemu-former-114";

    @AfterEach
    void everyFileCanBeRemoved() throws Exception {
        chattr("-i", FILE);
        chattr("-i", "etc/passwd");
    }

    @Test
    void itIsFreeAgainWhenTheLastFileHasGone() throws Exception {
        convertAllButOne();

        chattr("-i", FILE);
        ConversionOutcome outcome = run(reOwn(OLD));

        assertEquals("64055:64055", ownerOf("images/17"));
        assertEquals(
                List.of(
                        "uid 109 is free again, no file carries it any more: " + USER + " was removed",
                        "gid 114 is free again, no file carries it any more: " + GROUP + " was removed"),
                outcome.notes());
        assertFree();
    }

    @Test
    void whileAFileCarriesItItStays() throws Exception {
        convertAllButOne();

        ConversionOutcome outcome = run(reOwn(OLD));

        assertEquals(
                "uid 109 stays reserved by " + USER + ": files in the roots carry it",
                outcome.notes().get(0));
        assertReserved();
    }

    /** By a conversion that did not reserve, or by hand. */
    @Test
    void aFormerNumberThatNobodyKeepsIsKeptWhenAFileIsFoundWithIt() throws Exception {
        reservations = Reservations.NONE;
        chattr("+i", FILE);
        convert();
        assertFree();

        reservations = new Reservations(true, Set.of(), Set.of());
        run(reOwn(OLD));

        assertReserved();
    }

    @Test
    void whoHasItKeepsIt() throws Exception {
        reservations = Reservations.NONE;
        chattr("+i", FILE);
        convert();
        add("etc/passwd", "games:x:109:105::/:/bin/sh\n");
        add("etc/group", "games:x:114:\n");

        reservations = new Reservations(true, Set.of(), Set.of());
        run(reOwn(OLD));

        assertFree();
        assertEquals(Optional.of("games"), files.userName(OLD.uid()));
    }

    @Test
    void withoutReservationsNothingIsKept() throws Exception {
        reservations = Reservations.NONE;
        chattr("+i", FILE);
        convert();
        run(reOwn(OLD));
        assertFree();
    }

    @Test
    void whatCannotBeReservedOrGivenBackIsAProblem() throws Exception {
        reservations = Reservations.NONE;
        chattr("+i", FILE);
        convert();
        reservations = new Reservations(true, Set.of(), Set.of());
        chattr("+i", "etc/passwd");
        ConversionOutcome outcome = run(reOwn(OLD));
        assertTrue(
                outcome.problems().stream()
                        .anyMatch(problem -> problem.startsWith(
                                "A former number that files carry could not be reserved: useradd -P")),
                outcome.problems().toString());
        chattr("-i", "etc/passwd");
        run(reOwn(OLD));
        assertReserved();

        chattr("-i", FILE);
        chattr("+i", "etc/passwd");
        outcome = run(reOwn(OLD));

        assertTrue(
                outcome.problems()
                        .get(0)
                        .startsWith("uid 109 is still reserved by " + USER
                                + ", though no file carries it any more: userdel -P"),
                outcome.problems().toString());
        assertEquals(Optional.of(USER), files.userName(OLD.uid()));
    }

    @Test
    void aGroupThatIsReservedForAnotherAccountIsNotTaken() throws Exception {
        convertAllButOne();
        chattr("-i", FILE);
        String first = conversions.all().get(0).id();
        write("etc/group", Files.readString(directory.resolve("etc/group")).replace(GROUP, "nova-former-114"));
        label = Optional.of(OLD);
        reserved = new ReservedIds(
                files, List.of(Account.LIBVIRT_QEMU, new Account("nova", new Uid(7), "nova", new Gid(7))));
        names = NamesBesideReserved.ofVisible(files, reserved);
        actions = actions();

        ConversionOutcome back = run(plan(ConversionKind.ROLL_BACK, NEW, OLD, Optional.of(first)));

        assertEquals(Result.UNDONE, back.result());
        assertTrue(back.sentence().contains("114 for libvirt-qemu is reserved by nova-former-114"), back.sentence());
        assertIds(NEW);
    }

    private void convertAllButOne() throws Exception {
        chattr("+i", FILE);
        assertEquals(1, convert().leftovers());
        assertReserved();
    }

    private void assertReserved() throws Exception {
        assertEquals(Optional.of(USER), files.userName(OLD.uid()));
        assertEquals(Optional.of(GROUP), files.groupName(OLD.gid()));
    }

    private void assertFree() throws Exception {
        assertEquals(List.of(), reserved.users());
        assertEquals(List.of(), reserved.groups());
    }

    private void add(String file, String line) throws IOException {
        write(file, Files.readString(directory.resolve(file)) + line);
    }
}
