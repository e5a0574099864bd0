package io.idagent.platform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalAccountsTest {

    private static final String ROOT = "root:x:0:0:root:/root:/bin/bash\n";
    private static final String QEMU = "libvirt-qemu:x:109:104:Libvirt Qemu,,,:/var/lib/libvirt:/usr/sbin/nologin\n";

    private static LocalAccounts accounts(String passwd, String group) {
        return new LocalAccounts(
                "/etc/passwd",
                () -> passwd.getBytes(StandardCharsets.UTF_8),
                "/etc/group",
                () -> group.getBytes(StandardCharsets.UTF_8));
    }

    private static LocalAccounts passwd(String passwd) {
        return accounts(passwd, "root:x:0:\n");
    }

    @Test
    void anEntryIsFoundByNameAndByNumber() throws NameServiceException {
        LocalAccounts accounts = accounts(ROOT + QEMU, "root:x:0:\nkvm:x:104:\nlibvirt-qemu:x:114:libvirt-qemu,a\n");
        assertEquals(
                Optional.of(new UserEntry("libvirt-qemu", new Uid(109), new Gid(104), "/var/lib/libvirt")),
                accounts.user("libvirt-qemu"));
        assertEquals(Optional.of("libvirt-qemu"), accounts.userName(new Uid(109)));
        assertEquals(Optional.of(new GroupEntry("libvirt-qemu", new Gid(114))), accounts.group("libvirt-qemu"));
        assertEquals(Optional.of("libvirt-qemu"), accounts.groupName(new Gid(114)));
        assertEquals(Optional.empty(), accounts.userName(new Uid(10)));
        assertEquals(Optional.empty(), accounts.user("libvirt"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "libvirt-qemu:x:109:104::/var/lib/libvirt\n",
                "libvirt-qemu:x: 109:104:::\n",
                "libvirt-qemu:x:+109:104:::\n",
                "libvirt-qemu:109\n",
                "libvirt-qemu:x:109:104:a:b:c:d\n",
                "libvirt-qemu:x:109:kvm:::\n"
            })
    void aBrokenLineIsAnErrorForItsOwnNameAndNumberAndNobodyElse(String line) throws NameServiceException {
        LocalAccounts accounts = passwd(ROOT + line);
        assertThrows(NameServiceException.class, () -> accounts.user("libvirt-qemu"));
        assertThrows(NameServiceException.class, () -> accounts.userName(new Uid(109)));
        assertEquals(Optional.of("root"), accounts.userName(Uid.ROOT));
        assertEquals(Uid.ROOT, accounts.user("root").orElseThrow().uid());
        assertEquals(Optional.empty(), accounts.userName(new Uid(64055)));
    }

    @Test
    void nisLinesCommentsAndEmptyLinesAreNoEntries() throws NameServiceException {
        LocalAccounts accounts = passwd("\n#libvirt-qemu:x:109:1:::\n+libvirt-qemu::109::::\n-x\n+@net:::::\n" + ROOT);
        assertEquals(Optional.empty(), accounts.user("libvirt-qemu"));
        assertEquals(Optional.empty(), accounts.userName(new Uid(109)));
    }

    @Test
    void oneNameWithTwoNumbersIsAnError() {
        NameServiceException error =
                assertThrows(NameServiceException.class, () -> passwd(ROOT + "a:x:7:7:::\na:x:8:8:::\n")
                        .user("a"));
        assertTrue(error.getMessage().contains("7 in line 2, 8 in line 3"), error.getMessage());
    }

    @Test
    void theFirstOfTwoNamesForANumberIsItsName() throws NameServiceException {
        assertEquals(Optional.of("root"), passwd(ROOT + "toor:x:0:0:::\n").userName(Uid.ROOT));
    }

    @Test
    void aNameThatIsNotAsciiIsFound() throws NameServiceException {
        assertEquals(
                new Uid(7),
                passwd(ROOT + "jürg:x:7:7:::\n").user("jürg").orElseThrow().uid());
        assertEquals(Optional.of("jürg"), passwd(ROOT + "jürg:x:7:7:::\n").userName(new Uid(7)));
    }

    @Test
    void anEmptyFileIsDamagedAndNotAHostWithoutUsers() {
        assertThrows(NameServiceException.class, () -> passwd("").user("a"));
        assertThrows(NameServiceException.class, () -> passwd("\0\0\0\0").userName(Uid.ROOT));
    }

    @Test
    void aFileThatCannotBeReadIsAnErrorThatNamesIt() {
        LocalAccounts accounts = new LocalAccounts(
                "/mnt/etc/passwd",
                () -> {
                    throw new NoSuchFileException("/mnt/etc/passwd");
                },
                "/mnt/etc/group",
                () -> new byte[0]);
        NameServiceException error = assertThrows(NameServiceException.class, () -> accounts.user("a"));
        assertTrue(error.getMessage().startsWith("Cannot read /mnt/etc/passwd"), error.getMessage());
    }

    @Test
    void noDamageMakesAWrongIdOfARightOne() {
        byte[] good = (ROOT + QEMU).getBytes(ISO_8859_1);
        Random random = new Random(2);
        for (int round = 0; round < 20_000; round++) {
            byte[] bad = good.clone();
            // Letters and signs, but no digit: another digit is another valid file.
            bad[random.nextInt(bad.length)] =
                    (byte) (random.nextBoolean() ? random.nextInt(48) : 58 + random.nextInt(198));
            LocalAccounts accounts = new LocalAccounts("passwd", () -> bad, "group", () -> bad);
            try {
                accounts.user("libvirt-qemu")
                        .ifPresent(user -> assertEquals(new Uid(109), user.uid(), new String(bad, ISO_8859_1)));
            } catch (NameServiceException refused) {
                // An error is a right answer to nonsense.
            }
        }
    }
}
