package io.idagent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Says of which systemd unit a process is a part, by its cgroup ({@code systemd.resource-control(5)}). */
record UnitsOfProcesses(List<String> units) {

    /** Whether it belongs to one of these units; not, if that cannot be seen. */
    boolean have(int pid) {
        if (units.isEmpty()) {
            return false;
        }
        try {
            String groups = Files.readString(Path.of("/proc/" + pid + "/cgroup"), StandardCharsets.ISO_8859_1);
            // A user can make groups of its own below its session, and call them what it likes.
            return groups.lines()
                    .map(line -> line.substring(line.lastIndexOf(':') + 1))
                    .anyMatch(group -> units.stream()
                            .anyMatch(unit -> group.matches("/system\\.slice/" + Pattern.quote(unit) + "(/.*)?")));
        } catch (IOException gone) {
            return false;
        }
    }
}
