package io.idagent.settings;

import io.idagent.ownership.ScanLimits;
import io.idagent.ownership.SharedStorage;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SysPropConfigSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads the settings from system properties, the environment, and the configuration file, in this order of precedence,
 * and refuses what cannot be meant: nothing is touched on the strength of a misread number.
 */
public final class SettingsReader {

    public static final Path FILE = Path.of("/etc/libvirt-id-agent/application.properties");

    private static final Pattern ACCOUNT_KEY =
            Pattern.compile("idagent\\.accounts\\.\"?([^\"]+?)\"?\\.(uid|group|gid|units)");

    static final Set<String> KEYS = Set.of(
            "idagent.roots",
            "idagent.additional-roots",
            "idagent.exclusions",
            "idagent.former-uids",
            "idagent.former-gids",
            "idagent.reserve-former-ids",
            "idagent.orphans",
            "idagent.orphan-range",
            "idagent.shared-storage",
            "idagent.max-threads",
            "idagent.timeouts.file-system",
            "idagent.libvirt-uri",
            "idagent.timeouts.libvirt",
            "idagent.timeouts.command",
            "idagent.timeouts.passwd-lock",
            "idagent.timeouts.name-service",
            "idagent.state-directory",
            "idagent.run-directory",
            "idagent.extra-uid-check",
            "idagent.extra-uid-check-match",
            "idagent.extra-gid-check",
            "idagent.extra-gid-check-match",
            "idagent.convert",
            "idagent.interval",
            "idagent.quiet-period",
            "idagent.scan-interval",
            "idagent.http.details");

    private final SmallRyeConfig config;
    private final SettingValues values;
    private final Set<String> accountNames = new TreeSet<>();

    private SettingsReader(SmallRyeConfig config) {
        this.config = config;
        this.values = new SettingValues(config);
    }

    /** @param asRoot whether these settings decide what root does */
    public static Settings read(Path file, boolean asRoot) throws ConfigurationException {
        return read(file, asRoot, System.getenv());
    }

    static Settings read(Path path, boolean asRoot, Map<String, String> environment) throws ConfigurationException {
        Map<String, String> file = ConfigurationFile.read(path, asRoot);
        if (asRoot) {
            refuseCommands(environment);
        }
        // Without the default interceptors: a value is what stands there. With them one that names a variable which is
        // not set, as in ${HOME}/images, would be no value at all, and the default would be taken without a word.
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new SysPropConfigSource(), new EnvConfigSource(environment, 300))
                .withSources(new PropertiesConfigSource(file, path.toString(), 100))
                .build();
        SettingsReader reader = new SettingsReader(config);
        reader.refuseUnknownKeys(file.keySet());
        reader.refuseUnknownKeys(System.getProperties().stringPropertyNames());
        reader.refuseUnknownVariables(environment);
        return reader.read();
    }

    private Settings read() throws ConfigurationException {
        AccountSettings accounts = new AccountSettings(values, accountNames);
        return new Settings(
                accounts.accounts(),
                accounts.units(),
                values.paths("idagent.roots", "/var/lib/libvirt,/var/cache/libvirt,/var/log/libvirt,/run/libvirt"),
                values.paths("idagent.additional-roots", ""),
                values.paths("idagent.exclusions", ""),
                values.ids("idagent.former-uids", Uid::parse),
                values.ids("idagent.former-gids", Gid::parse),
                values.choice("idagent.reserve-former-ids", YesNo.class, YesNo.TRUE) == YesNo.TRUE,
                values.choice("idagent.orphans", OrphanPolicy.class, OrphanPolicy.ADOPT),
                values.range("idagent.orphan-range"),
                values.choice("idagent.shared-storage", SharedStorage.class, SharedStorage.REPORT),
                scanLimits(),
                values.text("idagent.libvirt-uri").orElse("qemu:///system"),
                new Settings.Timeouts(
                        values.moreThanNothing("idagent.timeouts.libvirt", "30s"),
                        values.moreThanNothing("idagent.timeouts.command", "90s"),
                        values.duration("idagent.timeouts.passwd-lock", "15s"),
                        values.moreThanNothing("idagent.timeouts.name-service", "30s")),
                values.path("idagent.state-directory", "/var/lib/libvirt-id-agent"),
                values.path("idagent.run-directory", "/run/libvirt-id-agent"),
                extraCheck("idagent.extra-uid-check"),
                extraCheck("idagent.extra-gid-check"),
                daemon());
    }

    private DaemonSettings daemon() throws ConfigurationException {
        Duration interval = values.duration("idagent.interval", "30s");
        if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw ConfigurationException.of("idagent.interval", interval.toMillis() + "ms", "it must be 1s or more");
        }
        return new DaemonSettings(
                values.choice("idagent.convert", ConvertPolicy.class, ConvertPolicy.AUTO),
                interval,
                values.duration("idagent.quiet-period", "2m"),
                values.moreThanNothing("idagent.scan-interval", "6h"),
                values.choice("idagent.http.details", YesNo.class, YesNo.FALSE) == YesNo.TRUE);
    }

    private enum YesNo {
        TRUE,
        FALSE
    }

    /** A key with a slip of the pen would be a setting that an administrator believes in and nobody reads. */
    private void refuseUnknownKeys(Set<String> keys) throws ConfigurationException {
        for (String key : keys) {
            Matcher account = ACCOUNT_KEY.matcher(key);
            if (account.matches()) {
                accountNames.add(account.group(1));
            } else if (key.startsWith("idagent.") && !KEYS.contains(key)) {
                throw ConfigurationException.of(
                        key,
                        config.getConfigValue(key).getRawValue(),
                        "there is no such key. Known are " + new TreeSet<>(KEYS)
                                + " and idagent.accounts.NAME.uid, .group, .gid and .units");
            }
        }
        if (accountNames.isEmpty()) {
            accountNames.add(Account.LIBVIRT_QEMU.user());
        }
    }

    /** sudo may be told to pass variables on. A command that root runs comes from root's file, or from root's own words. */
    private static void refuseCommands(Map<String, String> environment) throws ConfigurationException {
        for (String name : environment.keySet()) {
            if (variable(name).startsWith("IDAGENT_EXTRA_")) {
                throw ConfigurationException.of(
                        name,
                        environment.get(name),
                        "root runs no command that the environment names; it has its file");
            }
        }
    }

    /** The name of an account cannot be told from a variable, where "-" and "." are "_": the file has to name it. */
    private void refuseUnknownVariables(Map<String, String> environment) throws ConfigurationException {
        Set<String> known = new TreeSet<>();
        KEYS.forEach(key -> known.add(variable(key)));
        for (String name : accountNames) {
            for (String part : List.of("uid", "group", "gid", "units")) {
                known.add(variable("idagent.accounts." + name + "." + part));
            }
        }
        for (String variable : environment.keySet()) {
            if (variable.startsWith("IDAGENT_") && !known.contains(variable)) {
                throw ConfigurationException.of(
                        variable, environment.get(variable), "there is no such key. Known are " + known);
            }
        }
    }

    private static String variable(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private ScanLimits scanLimits() throws ConfigurationException {
        String key = "idagent.max-threads";
        String threads = values.text(key).orElse(Integer.toString(ScanLimits.DEFAULT.maxThreads()));
        if (!threads.matches("[1-9][0-9]{0,2}")) {
            throw ConfigurationException.of(key, threads, "it must be a number from 1 to 999");
        }
        return new ScanLimits(Integer.parseInt(threads), values.moreThanNothing("idagent.timeouts.file-system", "60s"));
    }

    private Optional<ExtraCheckCommand> extraCheck(String key) throws ConfigurationException {
        List<String> command = values.words(key, "");
        Optional<String> match = values.text(key + "-match");
        if (command.isEmpty() && match.isEmpty()) {
            return Optional.empty();
        }
        if (command.isEmpty() || match.isEmpty()) {
            throw ConfigurationException.of(
                    command.isEmpty() ? key : key + "-match", "", "the command and its -match go together");
        }
        try {
            return Optional.of(new ExtraCheckCommand(command, Pattern.compile(match.get())));
        } catch (PatternSyntaxException e) {
            throw ConfigurationException.of(key + "-match", match.get(), e.getMessage());
        }
    }
}
