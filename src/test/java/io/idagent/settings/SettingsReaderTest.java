package io.idagent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.idagent.ownership.IdRange;
import io.idagent.ownership.ScanLimits;
import io.idagent.ownership.SharedStorage;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an administrator writes, and where, is what is read. */
class SettingsReaderTest extends WrittenSettings {

    @Test
    void aValueIsWhatStandsThere() throws ConfigurationException {
        assertEquals(
                List.of(Path.of("/srv/${HOME}/images")),
                read("idagent.exclusions=/srv/${HOME}/images").exclusions());
        refused("idagent.interval=${INTERVAL}", "idagent.interval", "${INTERVAL}");
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
    void whatIsNotOursIsNotRead() throws ConfigurationException {
        environment = Map.of("PATH", "/bin", "IDAGENTS", "x");
        read("quarkus.http.port=64055");
    }
}
