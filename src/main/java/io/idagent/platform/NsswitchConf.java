package io.idagent.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What {@code nsswitch.conf(5)} says about one database: the services in the order in which they are asked.
 *
 * @param line what stands behind "passwd:", as glibc wants it in {@code __nss_configure_lookup}; never empty
 * @param services names of the services, without the actions in brackets
 */
record NsswitchConf(String line, List<String> services) {

    static final Path FILE = Path.of("/etc/nsswitch.conf");

    private static final Pattern ACTIONS = Pattern.compile("\\[[^]]*]?");
    private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_.-]+");

    /** They read files of this host, or ask systemd, which makes names up itself: they have no outage to hide. */
    private static final Set<String> LOCAL_SERVICES = Set.of("files", "compat", "systemd", "myhostname");

    /** Those that read the account files. */
    private static final Set<String> FILES = Set.of("files", "compat");

    /** What glibc does where nothing is said. */
    private static final NsswitchConf DEFAULT = new NsswitchConf("files", List.of("files"));

    /** @throws NameServiceException if the file cannot be read */
    static NsswitchConf read(Path file, String database) throws NameServiceException {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            return of(database, text).orElse(DEFAULT);
        } catch (NoSuchFileException none) {
            return DEFAULT;
        } catch (IOException e) {
            throw new NameServiceException(
                    "Cannot read " + file + ", so it is not known which name services there are: " + e, e);
        }
    }

    /** @return empty if the file has no line for this database, or nothing stands on it */
    static Optional<NsswitchConf> of(String database, String file) {
        for (String raw : file.split("\n")) {
            int comment = raw.indexOf('#');
            String text = (comment < 0 ? raw : raw.substring(0, comment)).strip();
            int colon = text.indexOf(':');
            if (colon < 0 || !text.substring(0, colon).strip().equals(database)) {
                continue;
            }
            String line = text.substring(colon + 1).strip();
            Set<String> services = new LinkedHashSet<>();
            for (String word : ACTIONS.matcher(line).replaceAll(" ").strip().split("\\s+")) {
                if (SERVICE.matcher(word).matches()) {
                    services.add(word);
                }
            }
            return services.isEmpty() ? Optional.empty() : Optional.of(new NsswitchConf(line, List.copyOf(services)));
        }
        return Optional.empty();
    }

    /** Services that ask somebody else, a directory for one, who can be down or silent. */
    List<String> remote() {
        return services.stream()
                .filter(service -> !LOCAL_SERVICES.contains(service))
                .toList();
    }

    /** Services other than those that read the account files. */
    List<String> besideFiles() {
        return services.stream().filter(service -> !FILES.contains(service)).toList();
    }

    /** Whether the account files are read before anybody else is asked. */
    boolean beginsWithFiles() {
        return LOCAL_SERVICES.contains(services.get(0));
    }
}
