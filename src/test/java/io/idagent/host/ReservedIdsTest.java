package io.idagent.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Gid;
import io.idagent.platform.LocalAccounts;
import io.idagent.platform.LocalGroup;
import io.idagent.platform.LocalUser;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which accounts are ours, and what the rules see of their numbers. */
class ReservedIdsTest {

    private static final Uid UID = new Uid(109);
    private static final Gid GID = new Gid(114);

    private static final String OURS = "libvirt-qemu-former-109:x:109:65534:Keeps a former number of files"
            + " (libvirt-id-agent):/nonexistent:/usr/sbin/nologin\n";
    private static final String OUR_GROUP = "libvirt-qemu-former-114:x:114:\n";

    private String passwd = "root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:64055:104::/var/lib/libvirt:/usr/sbin/nologin\n";
    private String group = "root:x:0:\nkvm:x:104:\nlibvirt-qemu:x:64055:\n";

    @Test
    void whatIsOursHasNoNameForTheRules() throws Exception {
        passwd += OURS;
        group += OUR_GROUP;
        assertEquals(
                List.of("libvirt-qemu-former-109"),
                reserved().users().stream().map(LocalUser::name).toList());
        assertEquals(
                List.of("libvirt-qemu-former-114"),
                reserved().groups().stream().map(LocalGroup::name).toList());
        assertEquals(Optional.empty(), names().userName(UID));
        assertEquals(Optional.empty(), names().groupName(GID));
        assertEquals(Optional.of("root"), names().userName(Uid.ROOT));
        assertTrue(names().user("libvirt-qemu-former-109").isPresent(), "whoever asks for the name still finds it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "libvirt-qemu-former-109:x:109:109::/home/x:/bin/sh",
                "libvirt-qemu-former-109:x:109:65534:Keeps a former number of files:/nonexistent:/usr/sbin/nologin",
                "libvirt-qemu-former-109:x:109:65534:Keeps a former number of files (libvirt-id-agent):/home/x:/usr/sbin/nologin",
                "libvirt-qemu-former-109:x:109:65534:Keeps a former number of files (libvirt-id-agent):/nonexistent:/bin/sh",
                "libvirt-qemu-former-109::109:65534:Keeps a former number of files (libvirt-id-agent):/nonexistent:/usr/sbin/nologin",
                "libvirt-qemu-former-110:x:109:65534:Keeps a former number of files (libvirt-id-agent):/nonexistent:/usr/sbin/nologin",
                "nova-former-109:x:109:65534:Keeps a former number of files (libvirt-id-agent):/nonexistent:/usr/sbin/nologin",
                "alice:x:109:65534:Keeps a former number of files (libvirt-id-agent):/nonexistent:/usr/sbin/nologin",
            })
    void aUserThatIsNotWholeIsSomebody(String line) throws Exception {
        passwd += line + "\n";
        assertEquals(List.of(), reserved().users());
        assertEquals(Optional.of(line.substring(0, line.indexOf(':'))), names().userName(UID));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "libvirt-qemu-former-114:x:114:alice",
                "libvirt-qemu-former-114::114:",
                "libvirt-qemu-former-115:x:114:",
                "staff:x:114:"
            })
    void aGroupThatIsNotWholeIsSomebodys(String line) throws Exception {
        group += line + "\n";
        assertEquals(List.of(), reserved().groups());
        assertEquals(Optional.of(line.substring(0, line.indexOf(':'))), names().groupName(GID));
    }

    @Test
    void aGroupThatIsSomeUsersPrimaryOneIsTheirs() throws Exception {
        group += OUR_GROUP;
        passwd += "alice:x:1000:114::/home/alice:/bin/sh\n";
        assertEquals(Optional.of("libvirt-qemu-former-114"), names().groupName(GID));
        passwd = passwd.replace("alice", "libvirt-qemu-2")
                .replace("libvirt-qemu:x:64055:104", "libvirt-qemu:x:64055:114");
        passwd = passwd.replaceAll("(?m)^libvirt-qemu-2.*\n", "");
        assertEquals(Optional.empty(), names().groupName(GID), "the account itself is on its way back to it");
    }

    @Test
    void whoSharesTheNumberHasIt() throws Exception {
        passwd += OURS + "alice:x:109:1000::/home/alice:/bin/sh\n";
        group += OUR_GROUP + "staff:x:114:\n";
        assertEquals(Optional.of("alice"), names().userName(UID));
        assertEquals(Optional.of("staff"), names().groupName(GID));
    }

    @Test
    void aNameIsNeverLongerThanTheToolsTake() {
        assertEquals("libvirt-qemu-former-109", ReservedIds.nameFor("libvirt-qemu", UID));
        assertEquals(
                "an-account-with-a-lon-former-109", ReservedIds.nameFor("an-account-with-a-long-name-of-its-own", UID));
    }

    private ReservedIds reserved() {
        return new ReservedIds(files(), List.of(Account.LIBVIRT_QEMU));
    }

    private NamesBesideReserved names() {
        return NamesBesideReserved.ofVisible(files(), reserved());
    }

    private LocalAccounts files() {
        return new LocalAccounts(
                "passwd",
                () -> passwd.getBytes(StandardCharsets.UTF_8),
                "group",
                () -> group.getBytes(StandardCharsets.UTF_8));
    }
}
