package io.idagent.settings;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an administrator cannot mean, or others could have written. */
class RefusedSettingsTest extends WrittenSettings {

    @Test
    void aPathThatNoFileCanHaveIsRefused() {
        refused("idagent.exclusions=/srv/a\\u0000b", "idagent.exclusions", "it is no path: Nul character not allowed");
    }

    @Test
    void noCommandThatRootRunsStandsInTheEnvironment() throws ConfigurationException {
        for (String name :
                List.of("IDAGENT_EXTRA_UID_CHECK", "idagent.extra-uid-check", "IDAGENT_EXTRA_GID_CHECK_MATCH")) {
            Map<String, String> hostile = Map.of(name, "/tmp/evil");
            ConfigurationException refused = assertThrows(
                    ConfigurationException.class, () -> SettingsReader.read(directory.resolve("none"), true, hostile));
            assertTrue(refused.getMessage().contains(name), refused.getMessage());
            assertTrue(refused.getMessage().contains("environment"), refused.getMessage());
        }
        SettingsReader.read(directory.resolve("none"), true, Map.of("IDAGENT_CONVERT", "manual"));
    }

    @Test
    void twoAccountsCannotHaveOneNumberAndAUnitIsAUnit() {
        refused(
                "idagent.accounts.nova.uid=64055\nidagent.accounts.nova.gid=64060\nidagent.accounts.libvirt-qemu.uid=64055",
                "64055",
                "same number");
        refused(
                "idagent.accounts.nova.uid=64060\nidagent.accounts.nova.gid=64060\nidagent.accounts.nova.units=nova; rm",
                "idagent.accounts.nova.units",
                "no name of a service");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "65534",
                "65535",
                "4294967295",
                "4294967296",
                "-1",
                "1.5",
                "x",
                "0x10",
                "99999999999999999999",
                "٣"
            })
    void aNumberThatNoAccountMayHaveIsRefusedWithKeyAndValue(String number) {
        refused("idagent.accounts.libvirt-qemu.uid=" + number, "idagent.accounts.libvirt-qemu.uid", "'" + number + "'");
        refused("idagent.accounts.libvirt-qemu.gid=" + number, "idagent.accounts.libvirt-qemu.gid", "'" + number + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "idagent.former-uids | 0",
                "idagent.former-uids | 00",
                "idagent.former-uids | 4294967295",
                "idagent.former-gids | -1",
                "idagent.former-gids | 105;106",
                "idagent.reserve-former-ids | maybe",
                "idagent.orphans | Adopt!",
                "idagent.orphan-range | 100",
                "idagent.orphan-range | 999-100",
                "idagent.orphan-range | 0-999",
                "idagent.orphan-range | 100-4294967295",
                "idagent.orphan-range | 100-99999999999",
                "idagent.shared-storage | change",
                "idagent.roots | var/lib/libvirt",
                "idagent.roots | /",
                "idagent.roots | /a/../..",
                "idagent.roots | ,",
                "idagent.exclusions | relative",
                "idagent.state-directory | .",
                "idagent.run-directory | run",
                "idagent.timeouts.command | soon",
                "idagent.timeouts.command | 0s",
                "idagent.timeouts.name-service | 0s",
                "idagent.timeouts.libvirt | 0",
                "idagent.timeouts.command | -1s",
                "idagent.timeouts.passwd-lock | 999999999d",
                "idagent.libvirt.uri | qemu:///system",
                "idagent.root | /a",
                "idagent.accounts.libvirt-qemu.name | x",
                "idagent.accounts.libvirt-qemu.group | a:b",
                "idagent.extra-uid-check | true",
            })
    void whatCannotBeMeantIsRefusedWithKeyAndValue(String key, String value) {
        refused(key + "=" + value, key);
        if (!key.endsWith("-check") && !value.equals(",")) {
            refused(key + "=" + value, "'" + value + "'");
        }
    }

    @Test
    void aPatternThatIsNoneIsRefused() {
        ConfigurationException refused = assertThrows(
                ConfigurationException.class,
                () -> read("idagent.extra-gid-check=true", "idagent.extra-gid-check-match=("));
        assertTrue(refused.getMessage().contains("idagent.extra-gid-check-match = '('"), refused.getMessage());
    }

    @Test
    void aSlipOfThePenIsNamedWithTheKeysThatThereAre() {
        refused("idagent.orphan=report", "idagent.orphan = 'report'", "idagent.orphans");
    }

    @Test
    void aSlipOfThePenIsRefusedInTheEnvironmentAndInPropertiesToo() {
        environment = Map.of("IDAGENT_ORPHAN", "report");
        refused("", "IDAGENT_ORPHAN", "report");
        environment = Map.of("IDAGENT_ACCOUNTS_NOVA_UID", "64060");
        refused("", "IDAGENT_ACCOUNTS_NOVA_UID", "64060");
        environment = Map.of();
        System.setProperty("idagent.orphan", "report");
        refused("", "idagent.orphan", "report");
    }

    @Test
    void aFileThatIsNoPropertiesFileIsRefusedByName() {
        refused("idagent.roots=\\uZZZZ", "application.properties");
    }

    @Test
    void aFileThatCannotBeReadIsNotTakenForAbsent() throws IOException {
        Path file = Files.createDirectory(directory.resolve("a-directory"));
        ConfigurationException refused =
                assertThrows(ConfigurationException.class, () -> SettingsReader.read(file, false, Map.of()));
        assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
    }

    @Test
    void asRootAFileInADirectoryThatOthersCanWriteIsRefusedWithTheRemedy() throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path file = Files.writeString(open.resolve("application.properties"), "");
        ConfigurationException refused =
                assertThrows(ConfigurationException.class, () -> SettingsReader.read(file, true, Map.of()));
        assertTrue(refused.getMessage().contains(open + " belongs to"), refused.getMessage());
        assertTrue(refused.getMessage().contains("chmod go-w " + open), refused.getMessage());
    }
}
