package io.idagent.platform;

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

    private static final Pattern ACTIONS = Pattern.compile("\\[[^]]*]?");
    private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_.-]+");

    /** @return empty if the file has no line for this database, or nothing stands on it */
    static Optional<NsswitchConf> of(String database, String file) {
        for (String raw : file.split("\n")) {
            String text = raw.replaceFirst("#.*", "").strip();
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
}
