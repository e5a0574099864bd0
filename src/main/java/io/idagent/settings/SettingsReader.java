package io.idagent.settings;

import io.idagent.ownership.IdRange;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Reads the settings from system properties, the environment, and the configuration file, in this order of precedence,
 * and refuses what cannot be meant: nothing is touched on the strength of a misread number.
 */
public final class SettingsReader {

    public static final Path FILE = Path.of("/etc/libvirt-id-agent/application.properties");

    private static final Pattern ACCOUNT_KEY =
            Pattern.compile("idagent\\.accounts\\.\"?([^\"]+?)\"?\\.(uid|group|gid)");

    /** nobody, and the two numbers that mean "no id" in 16 and 32 bits: no account may have them. */
    private static final Set<Long> NEVER_A_TARGET = Set.of(0L, 65534L, 65535L);

    static final Set<String> KEYS = Set.of(
            "idagent.roots",
            "idagent.additional-roots",
            "idagent.exclusions",
            "idagent.former-uids",
            "idagent.former-gids",
            "idagent.orphans",
            "idagent.orphan-range",
            "idagent.shared-storage",
            "idagent.libvirt-uri",
            "idagent.timeouts.libvirt",
            "idagent.timeouts.command",
            "idagent.timeouts.passwd-lock",
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

    private static final String NAME = "[a-z_][a-z0-9_.-]*";

    private final SmallRyeConfig config;
    private final Set<String> accountNames = new TreeSet<>();

    private SettingsReader(SmallRyeConfig config) {
        this.config = config;
    }

    /** @param asRoot whether these settings decide what root does */
    public static Settings read(Path file, boolean asRoot) throws ConfigurationException {
        return read(file, asRoot, System.getenv());
    }

    static Settings read(Path path, boolean asRoot, Map<String, String> environment) throws ConfigurationException {
        Map<String, String> file = ConfigurationFile.read(path, asRoot);
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
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
        return new Settings(
                accounts(),
                paths("idagent.roots", "/var/lib/libvirt,/var/cache/libvirt,/var/log/libvirt,/run/libvirt"),
                paths("idagent.additional-roots", ""),
                paths("idagent.exclusions", ""),
                ids("idagent.former-uids", Uid::parse),
                ids("idagent.former-gids", Gid::parse),
                choice("idagent.orphans", OrphanPolicy.class, OrphanPolicy.ADOPT),
                range("idagent.orphan-range"),
                choice("idagent.shared-storage", SharedStorage.class, SharedStorage.REPORT),
                text("idagent.libvirt-uri").orElse("qemu:///system"),
                new Settings.Timeouts(
                        moreThanNothing("idagent.timeouts.libvirt", "30s"),
                        moreThanNothing("idagent.timeouts.command", "90s"),
                        duration("idagent.timeouts.passwd-lock", "15s")),
                path("idagent.state-directory", "/var/lib/libvirt-id-agent"),
                path("idagent.run-directory", "/run/libvirt-id-agent"),
                extraCheck("idagent.extra-uid-check"),
                extraCheck("idagent.extra-gid-check"),
                daemon());
    }

    private DaemonSettings daemon() throws ConfigurationException {
        Duration interval = duration("idagent.interval", "30s");
        if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw ConfigurationException.of("idagent.interval", interval.toMillis() + "ms", "it must be 1s or more");
        }
        return new DaemonSettings(
                choice("idagent.convert", ConvertPolicy.class, ConvertPolicy.AUTO),
                interval,
                duration("idagent.quiet-period", "2m"),
                moreThanNothing("idagent.scan-interval", "6h"),
                choice("idagent.http.details", YesNo.class, YesNo.FALSE) == YesNo.TRUE);
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
                                + " and idagent.accounts.NAME.uid, .group and .gid");
            }
        }
        if (accountNames.isEmpty()) {
            accountNames.add(Account.LIBVIRT_QEMU.user());
        }
    }

    /** The name of an account cannot be told from a variable, where "-" and "." are "_": the file has to name it. */
    private void refuseUnknownVariables(Map<String, String> environment) throws ConfigurationException {
        Set<String> known = new TreeSet<>();
        KEYS.forEach(key -> known.add(variable(key)));
        for (String name : accountNames) {
            for (String part : List.of("uid", "group", "gid")) {
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

    private List<Account> accounts() throws ConfigurationException {
        Map<String, Account> accounts = new TreeMap<>();
        for (String name : accountNames) {
            accounts.put(name, account(name));
        }
        if (accounts.size() > 1) {
            throw ConfigurationException.of(
                    "idagent.accounts",
                    String.join(", ", accounts.keySet()),
                    "this version converts one account; name one only");
        }
        return new ArrayList<>(accounts.values());
    }

    private Account account(String name) throws ConfigurationException {
        String group = accountText(name, "group").orElse(name);
        long uid = target(name, "uid");
        long gid = target(name, "gid");
        if (!name.matches(NAME) || !group.matches(NAME)) {
            throw ConfigurationException.of(
                    accountKey(name, "group"), group, "'" + name + "' or its group is no name of a user");
        }
        return new Account(name, new Uid(uid), group, new Gid(gid));
    }

    private static String accountKey(String name, String part) {
        return "idagent.accounts." + name + "." + part;
    }

    /** Names with a dot need quotes, others may have them. */
    private Optional<String> accountText(String name, String part) {
        return text(accountKey(name, part)).or(() -> text(accountKey('"' + name + '"', part)));
    }

    private long target(String name, String part) throws ConfigurationException {
        String key = accountKey(name, part);
        Optional<String> text = accountText(name, part);
        if (text.isEmpty() && name.equals(Account.LIBVIRT_QEMU.user())) {
            return Account.LIBVIRT_QEMU.uid().value();
        }
        String value = text.orElseThrow(
                () -> ConfigurationException.of(key, "", "it must be given for an account other than libvirt-qemu"));
        long id;
        try {
            id = Uid.parse(value).value();
        } catch (IllegalArgumentException e) {
            throw ConfigurationException.of(key, value, e.getMessage());
        }
        if (NEVER_A_TARGET.contains(id)) {
            throw ConfigurationException.of(key, value, "0 is root, 65534 is nobody, 65535 means 'none': no target");
        }
        return id;
    }

    private Optional<String> text(String key) {
        return Optional.ofNullable(config.getConfigValue(key).getValue())
                .map(String::strip)
                .filter(value -> !value.isEmpty());
    }

    private List<String> words(String key, String otherwise) {
        return List.of(text(key).orElse(otherwise).split(",")).stream()
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private List<Path> paths(String key, String otherwise) throws ConfigurationException {
        List<Path> paths = new ArrayList<>();
        for (String word : words(key, otherwise)) {
            paths.add(absolute(key, word));
        }
        if (paths.isEmpty() && text(key).isPresent()) {
            throw ConfigurationException.of(key, text(key).get(), "there is no path in it");
        }
        return paths;
    }

    private Path path(String key, String otherwise) throws ConfigurationException {
        return absolute(key, text(key).orElse(otherwise));
    }

    private static Path absolute(String key, String text) throws ConfigurationException {
        Path path = Path.of(text).normalize();
        if (!path.isAbsolute() || path.getNameCount() == 0) {
            throw ConfigurationException.of(key, text, "it must be an absolute path, and not / itself");
        }
        return path;
    }

    private <T> Set<T> ids(String key, Function<String, T> parse) throws ConfigurationException {
        Set<T> ids = new HashSet<>();
        for (String word : words(key, "")) {
            try {
                T id = parse.apply(word);
                if (id.toString().equals("0")) {
                    throw new IllegalArgumentException("0 is root, and what is root's stays root's");
                }
                ids.add(id);
            } catch (IllegalArgumentException e) {
                throw ConfigurationException.of(key, word, e.getMessage());
            }
        }
        return ids;
    }

    private <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) throws ConfigurationException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(text.get())) {
                return constant;
            }
        }
        String words = List.of(type.getEnumConstants()).stream()
                .map(SettingsReader::word)
                .collect(Collectors.joining(", "));
        throw ConfigurationException.of(key, text.get(), "it must be one of: " + words);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Optional<IdRange> range(String key) throws ConfigurationException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = Pattern.compile("([0-9]{1,10})-([0-9]{1,10})").matcher(text.get());
        if (matcher.matches()) {
            long first = Long.parseLong(matcher.group(1));
            long last = Long.parseLong(matcher.group(2));
            if (0 < first && first <= last && last <= Uid.LAST) {
                return Optional.of(new IdRange(first, last));
            }
        }
        throw ConfigurationException.of(key, text.get(), "it must be FIRST-LAST, such as 100-999, without 0");
    }

    private Duration moreThanNothing(String key, String otherwise) throws ConfigurationException {
        Duration duration = duration(key, otherwise);
        if (duration.isZero()) {
            throw ConfigurationException.of(key, text(key).orElse(otherwise), "nothing can be done in no time");
        }
        return duration;
    }

    private Duration duration(String key, String otherwise) throws ConfigurationException {
        String text = text(key).orElse(otherwise);
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw ConfigurationException.of(key, text, e.getMessage());
        }
    }

    private Optional<ExtraCheckCommand> extraCheck(String key) throws ConfigurationException {
        List<String> command = words(key, "");
        Optional<String> match = text(key + "-match");
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
