package io.idagent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says of which systemd unit a process is a part, by its cgroup ({@code cgroups(7)}). */
record UnitsOfProcesses(Path proc, List<String> units) {

    private static final String OF_SYSTEMD_ITSELF = "/init.scope";

    UnitsOfProcesses(List<String> units) {
        this(Path.of("/proc"), units);
    }

    /** Whether it belongs to one of these units; not, if that cannot be seen. */
    boolean have(int pid) {
        if (units.isEmpty()) {
            return false;
        }
        try {
            Map<String, String> systemd = groups(1);
            // Only below systemd's own root: a user can make groups below its session, and call them what it likes.
            return groups(pid).entrySet().stream()
                    .filter(group -> systemd.getOrDefault(group.getKey(), "").endsWith(OF_SYSTEMD_ITSELF))
                    .anyMatch(group -> isOfAUnit(group.getValue(), systemd.get(group.getKey())));
        } catch (IOException gone) {
            return false;
        }
    }

    private boolean isOfAUnit(String group, String systemds) {
        // In a container the group of systemd is not the first one.
        String root = systemds.substring(0, systemds.length() - OF_SYSTEMD_ITSELF.length());
        return units.stream()
                .map(unit -> root + "/system.slice/" + unit)
                .anyMatch(own -> group.equals(own) || group.startsWith(own + "/"));
    }

    /** By hierarchy: "0::/system.slice/x.service" in that of cgroup 2. */
    private Map<String, String> groups(int pid) throws IOException {
        Map<String, String> groups = new HashMap<>();
        String text = Files.readString(proc.resolve(pid + "/cgroup"), StandardCharsets.ISO_8859_1);
        for (String line : text.split("\n")) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3) {
                groups.put(fields[0] + ":" + fields[1], fields[2]);
            }
        }
        return groups;
    }
}
