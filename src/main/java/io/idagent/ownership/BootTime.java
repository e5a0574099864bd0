package io.idagent.ownership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** When this host was started, in seconds since 1970: libvirt believes no record of an owner from before. */
final class BootTime {

    private static final Path STAT = Path.of("/proc/stat");
    private static final String KEY = "btime ";

    /** A clock that is set right after the boot moves the time of the boot as well. */
    private static final long SLACK_SECONDS = 300;

    private final long seconds;

    BootTime(long seconds) {
        this.seconds = seconds;
    }

    static BootTime ofThisHost() throws IOException {
        for (String line : Files.readAllLines(STAT)) {
            if (line.startsWith(KEY)) {
                return new BootTime(Long.parseLong(line.substring(KEY.length()).strip()));
            }
        }
        throw new IOException(STAT + " has no line '" + KEY + "': when this host was started is not known");
    }

    boolean isAfter(long time) {
        return time + SLACK_SECONDS < seconds;
    }
}
