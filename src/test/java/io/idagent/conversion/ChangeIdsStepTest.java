package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.host.NamesBesideReserved;
import io.idagent.host.ReservedIds;
import io.idagent.platform.Commands;
import io.idagent.platform.Gid;
import io.idagent.platform.ShadowTools;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Numbers and reservations that others have or take meanwhile are theirs, and what is undone leaves nothing behind. */
@Tag("root")
class ChangeIdsStepTest extends OldSystem {

    @Test
    void somebodyElsesChangeOfTheUserIsNotOverwritten() throws Exception {
        write("etc/passwd", Files.readString(directory.resolve("etc/passwd")).replace(":109:", ":110:"));
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNFINISHED, outcome.result());
        assertTrue(outcome.sentence().contains("has changed the user libvirt-qemu: it has 110, neither 109 nor 64055"));
        assertTrue(outcome.sentence().contains("Undoing it failed as well"), outcome.sentence());
        assertEquals("109:114", ownerOf("images/17"));
    }

    @Test
    void somebodyElsesChangeOfTheGroupIsNotOverwritten() throws Exception {
        write("etc/group", Files.readString(directory.resolve("etc/group")).replace(":114:", ":115:"));
        ConversionOutcome outcome = convert();
        assertTrue(
                outcome.sentence().contains("has changed the group libvirt-qemu: it has 115, neither 114 nor 64055"));
    }

    @Test
    void anAccountThatIsGoneIsSaidToBe() throws Exception {
        write("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
        assertTrue(convert().sentence().contains("the user libvirt-qemu is gone from the passwd file"));
        write("etc/passwd", "libvirt-qemu:x:109:105::/var/lib/libvirt:/usr/sbin/nologin\n");
        write("etc/group", "root:x:0:\n");
        assertTrue(convert().sentence().contains("the group libvirt-qemu is gone from the group file"));
    }

    @Test
    void aTargetThatWasTakenMeanwhileIsNotTakenTwiceAndAllIsUndone() throws Exception {
        write("etc/passwd", Files.readString(directory.resolve("etc/passwd")) + "bob:x:64055:105::/:/bin/sh\n");
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNDONE, outcome.result(), outcome.sentence());
        assertTrue(
                outcome.sentence().contains("uid 64055 has been given to the user bob meanwhile"), outcome.sentence());
        assertIds(OLD);
    }

    @Test
    void aGroupThatWasTakenMeanwhileTakesTheUserBackToo() throws Exception {
        write("etc/group", Files.readString(directory.resolve("etc/group")) + "staff:x:64055:\n");
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNDONE, outcome.result(), outcome.sentence());
        assertTrue(outcome.sentence().contains("gid 64055 has been given to the group staff"), outcome.sentence());
        assertIds(OLD);
    }

    /** What stood before it stands after it, and nothing else. */
    @Test
    void whereItIsUndoneWhatWasReservedIsAgain() throws Exception {
        write("etc/group", Files.readString(directory.resolve("etc/group")) + "staff:x:64055:\n");
        assertEquals(Result.UNDONE, convert().result());
        assertEquals(List.of(), reserved.users());
        assertEquals(List.of(), reserved.groups());

        new ShadowTools(new Commands(), Duration.ofSeconds(20), Optional.of(directory))
                .addLockedUser("libvirt-qemu-former-64055", NEW.uid(), "kvm", ReservedIds.COMMENT, false);
        reservations = new Reservations(true, Set.of(NEW.uid()), Set.of());
        assertEquals(Result.UNDONE, convert().result());
        assertIds(OLD);
        assertEquals(Optional.of("libvirt-qemu-former-64055"), files.userName(NEW.uid()));
        assertEquals(1, reserved.users().size());
    }

    @Test
    void whatIsReservedForAnotherAccountIsNotTaken() throws Exception {
        write(
                "etc/passwd",
                Files.readString(directory.resolve("etc/passwd")) + "nova-former-64055:x:64055:105:"
                        + ReservedIds.COMMENT + ":/nonexistent:/usr/sbin/nologin\n");
        Account nova = new Account("nova", new Uid(7), "nova", new Gid(7));
        reserved = new ReservedIds(files, List.of(Account.LIBVIRT_QEMU, nova));
        names = NamesBesideReserved.ofVisible(files, reserved);
        actions = actions();
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNDONE, outcome.result());
        assertTrue(
                outcome.sentence().contains("64055 for libvirt-qemu is reserved by nova-former-64055"),
                outcome.sentence());
        assertIds(OLD);
    }
}
