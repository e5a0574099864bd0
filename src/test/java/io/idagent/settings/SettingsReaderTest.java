package io.idagent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.ownership.IdRange;
import io.idagent.ownership.ScanLimits;
import io.idagent.ownership.SharedStorage;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an administrator writes, where, and what is refused. */
class SettingsReaderTest {

    @TempDir
    private Path directory;

    private Map<String, String> environment = Map.of();

    @AfterEach
    void forgetSystemProperties() {
        System.getProperties().keySet().removeIf(key -> key.toString().startsWith("idagent."));
    }

    private Settings read(String... lines) throws ConfigurationException {
        Path file = directory.resolve("application.properties");
        try {
            Files.write(file, List.of(lines));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return SettingsReader.read(file, false, environment);
    }

    private void refused(String line, String... parts) {
        ConfigurationException refused = assertThrows(ConfigurationException.class, () -> read(line));
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
    }

    @Test
    void aValueIsWhatStandsThere() throws ConfigurationException {
        assertEquals(
                List.of(Path.of("/srv/${HOME}/images")),
                read("idagent.exclusions=/srv/${HOME}/images").exclusions());
        refused("idagent.interval=${INTERVAL}", "idagent.interval", "${INTERVAL}");
    }

    @Test
    void aPathThatNoFileCanHaveIsRefused() {
        refused("idagent.exclusions=/srv/a\\u0000b", "idagent.exclusions", "it is no path: Nul character not allowed");
    }

    @Test
    void withoutAFileTheDefaultsAreDebians() throws ConfigurationException {
        Settings settings = SettingsReader.read(directory.resolve("none"), true, Map.of());
        assertEquals(
                new Settings(
                        List.of(new Account("libvirt-qemu", new Uid(64055), "libvirt-qemu", new Gid(64055))),
                        List.of(),
                        List.of(
                                Path.of("/var/lib/libvirt"),
                                Path.of("/var/cache/libvirt"),
                                Path.of("/var/log/libvirt"),
                                Path.of("/run/libvirt")),
                        List.of(),
                        List.of(),
                        Set.of(),
                        Set.of(),
                        true,
                        OrphanPolicy.ADOPT,
                        Optional.empty(),
                        SharedStorage.REPORT,
                        ScanLimits.DEFAULT,
                        "qemu:///system",
                        new Settings.Timeouts(
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(90),
                                Duration.ofSeconds(15),
                                Duration.ofSeconds(30)),
                        Path.of("/var/lib/libvirt-id-agent"),
                        Path.of("/run/libvirt-id-agent"),
                        Optional.empty(),
                        Optional.empty(),
                        new DaemonSettings(
                                ConvertPolicy.AUTO,
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(2),
                                Duration.ofHours(6),
                                false)),
                settings);
    }

    @Test
    void anEmptyFileChangesNothing() throws ConfigurationException {
        assertEquals(SettingsReader.read(directory.resolve("none"), true, Map.of()), read());
    }

    private static final Map<String, String> EVERYTHING = Map.ofEntries(
            Map.entry("idagent.roots", "/a, /b"),
            Map.entry("idagent.additional-roots", "/c"),
            Map.entry("idagent.exclusions", "/a/x"),
            Map.entry("idagent.former-uids", "105,106"),
            Map.entry("idagent.former-gids", "113"),
            Map.entry("idagent.reserve-former-ids", "false"),
            Map.entry("idagent.orphans", "former-only"),
            Map.entry("idagent.orphan-range", "100-499"),
            Map.entry("idagent.shared-storage", "ignore"),
            Map.entry("idagent.max-threads", "8"),
            Map.entry("idagent.timeouts.file-system", "90s"),
            Map.entry("idagent.libvirt-uri", "test:///default"),
            Map.entry("idagent.timeouts.libvirt", "10s"),
            Map.entry("idagent.timeouts.command", "2m"),
            Map.entry("idagent.timeouts.passwd-lock", "0"),
            Map.entry("idagent.timeouts.name-service", "5s"),
            Map.entry("idagent.state-directory", "/s"),
            Map.entry("idagent.run-directory", "/r"),
            Map.entry("idagent.extra-uid-check", "udm,users/user,list,--filter,uidNumber={uid}"),
            Map.entry("idagent.extra-uid-check-match", "^DN:"),
            Map.entry("idagent.extra-gid-check", "udm,groups/group"),
            Map.entry("idagent.extra-gid-check-match", "^DN:"),
            Map.entry("idagent.convert", "manual"),
            Map.entry("idagent.interval", "5s"),
            Map.entry("idagent.quiet-period", "0"),
            Map.entry("idagent.scan-interval", "1d"),
            Map.entry("idagent.http.details", "true"));

    private static void expectEverything(Settings settings) {
        assertEquals(List.of(Path.of("/a"), Path.of("/b")), settings.roots());
        assertEquals(List.of(Path.of("/c")), settings.additionalRoots());
        assertEquals(List.of(Path.of("/a/x")), settings.exclusions());
        assertEquals(Set.of(new Uid(105), new Uid(106)), settings.formerUids());
        assertEquals(Set.of(new Gid(113)), settings.formerGids());
        assertFalse(settings.reserveFormerIds());
        assertEquals(OrphanPolicy.FORMER_ONLY, settings.orphans());
        assertEquals(Optional.of(new IdRange(100, 499)), settings.orphanRange());
        assertEquals(SharedStorage.IGNORE, settings.sharedStorage());
        assertEquals(new ScanLimits(8, Duration.ofSeconds(90)), settings.scanLimits());
        assertEquals("test:///default", settings.libvirtUri());
        assertEquals(
                new Settings.Timeouts(
                        Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ZERO, Duration.ofSeconds(5)),
                settings.timeouts());
        assertEquals(Path.of("/s"), settings.stateDirectory());
        assertEquals(Path.of("/r"), settings.runDirectory());
        assertEquals(
                List.of("udm", "users/user", "list", "--filter", "uidNumber={uid}"),
                settings.extraUidCheck().orElseThrow().command());
        assertEquals("^DN:", settings.extraUidCheck().orElseThrow().taken().pattern());
        assertEquals(
                List.of("udm", "groups/group"),
                settings.extraGidCheck().orElseThrow().command());
        assertEquals(
                new DaemonSettings(
                        ConvertPolicy.MANUAL, Duration.ofSeconds(5), Duration.ZERO, Duration.ofDays(1), true),
                settings.daemon());
    }

    @Test
    void everyKeyCanStandInTheFile() throws ConfigurationException {
        expectEverything(read(EVERYTHING.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue())
                .toArray(String[]::new)));
    }

    @Test
    void everyKeyCanBeASystemProperty() throws ConfigurationException {
        EVERYTHING.forEach(System::setProperty);
        expectEverything(read());
    }

    @Test
    void everyKeyCanStandInTheEnvironment() throws ConfigurationException {
        environment = EVERYTHING.entrySet().stream()
                .collect(Collectors.toMap(
                        entry -> entry.getKey().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"), Map.Entry::getValue));
        expectEverything(read());
    }

    @Test
    void noKeyIsForgottenHere() {
        assertEquals(SettingsReader.KEYS, EVERYTHING.keySet());
    }

    @Test
    void aSystemPropertyGoesBeforeTheEnvironmentAndThatBeforeTheFile() throws ConfigurationException {
        assertEquals("file", read("idagent.libvirt-uri=file").libvirtUri());
        environment = Map.of("IDAGENT_LIBVIRT_URI", "environment");
        assertEquals("environment", read("idagent.libvirt-uri=file").libvirtUri());
        System.setProperty("idagent.libvirt-uri", "property");
        assertEquals("property", read("idagent.libvirt-uri=file").libvirtUri());
    }

    @Test
    void theTargetsOfTheAccountCanBeGiven() throws ConfigurationException {
        Settings settings = read(
                "idagent.accounts.libvirt-qemu.uid=70000",
                "idagent.accounts.libvirt-qemu.gid=70001",
                "idagent.accounts.libvirt-qemu.group=kvm");
        assertEquals(List.of(new Account("libvirt-qemu", new Uid(70000), "kvm", new Gid(70001))), settings.accounts());
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
    void theTargetsOfTheAccountCanStandInTheEnvironment() throws ConfigurationException {
        environment = Map.of("IDAGENT_ACCOUNTS_LIBVIRT_QEMU_UID", "70000");
        assertEquals(
                List.of(new Account("libvirt-qemu", new Uid(70000), "libvirt-qemu", new Gid(64055))),
                read().accounts());
    }

    @Test
    void theTargetsOfTheAccountCanBeSystemProperties() throws ConfigurationException {
        System.setProperty("idagent.accounts.libvirt-qemu.uid", "70000");
        assertEquals(
                new Uid(70000),
                read("idagent.accounts.libvirt-qemu.uid=70001")
                        .accounts()
                        .get(0)
                        .uid());
    }

    @Test
    void anotherAccountNeedsBothItsNumbers() throws ConfigurationException {
        assertEquals(
                List.of(new Account("qemu", new Uid(107), "qemu", new Gid(107))),
                read("idagent.accounts.qemu.uid=107", "idagent.accounts.qemu.gid=107")
                        .accounts());
        refused("idagent.accounts.qemu.uid=107", "idagent.accounts.qemu.gid", "must be given");
    }

    @Test
    void severalAccountsWithTheirServicesThatOfQemuFirst() throws ConfigurationException {
        Settings settings = read(
                "idagent.accounts.cinder.uid=64061",
                "idagent.accounts.cinder.gid=64061",
                "idagent.accounts.libvirt-qemu.uid=64055",
                "idagent.accounts.nova.uid=64060",
                "idagent.accounts.nova.gid=64060",
                "idagent.accounts.nova.units=nova-compute.service, nova-api.service");
        assertEquals(
                List.of("libvirt-qemu", "cinder", "nova"),
                settings.accounts().stream().map(Account::user).toList());
        assertEquals(List.of("nova-compute.service", "nova-api.service"), settings.accountUnits());
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

    @Test
    void oneNameWithAndWithoutQuotesIsOneAccount() throws ConfigurationException {
        assertEquals(
                1,
                read("idagent.accounts.\"libvirt-qemu\".uid=70000", "idagent.accounts.libvirt-qemu.gid=70000")
                        .accounts()
                        .size());
        assertEquals(
                new Uid(70000),
                read("idagent.accounts.\"libvirt-qemu\".uid=70000")
                        .accounts()
                        .get(0)
                        .uid());
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
    void theEnvironmentCanChangeAnAccountThatTheFileNames() throws ConfigurationException {
        environment = Map.of("IDAGENT_ACCOUNTS_NOVA_UID", "64061");
        assertEquals(
                new Uid(64061),
                read("idagent.accounts.nova.uid=64060", "idagent.accounts.nova.gid=64060")
                        .accounts()
                        .get(0)
                        .uid());
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
    void whatIsNotOursIsNotRead() throws ConfigurationException {
        environment = Map.of("PATH", "/bin", "IDAGENTS", "x");
        read("quarkus.http.port=64055");
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
