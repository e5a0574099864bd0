package io.idagent.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The ranges from which system accounts get dynamic numbers ({@code login.defs(5)}: SYS_UID_MIN and so on).
 *
 * <p>Debian's adduser has its own ranges in adduser.conf; they are the same by default.
 */
public record LoginDefs(long firstSystemUid, long lastSystemUid, long firstSystemGid, long lastSystemGid) {

    /** Debian's, where the file does not say otherwise. */
    public static final LoginDefs DEFAULTS = new LoginDefs(100, 999, 100, 999);

    /** A file that is not there, or says nothing, or nonsense, leaves the defaults. */
    public static LoginDefs read(Path file) {
        try {
            return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return DEFAULTS;
        }
    }

    static LoginDefs parse(String text) {
        long uidMin = DEFAULTS.firstSystemUid;
        long uidMax = DEFAULTS.lastSystemUid;
        long gidMin = DEFAULTS.firstSystemGid;
        long gidMax = DEFAULTS.lastSystemGid;
        for (String line : text.split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length == 2 && words[1].matches("[0-9]{1,9}")) {
                long value = Long.parseLong(words[1]);
                switch (words[0]) {
                    case "SYS_UID_MIN" -> uidMin = value;
                    case "SYS_UID_MAX" -> uidMax = value;
                    case "SYS_GID_MIN" -> gidMin = value;
                    case "SYS_GID_MAX" -> gidMax = value;
                    default -> {
                        // Everything else is not about these ranges.
                    }
                }
            }
        }
        // 0 is root: nothing of root's is ever an orphan, but a range must not even hold it.
        return uidMin < 1 || gidMin < 1 || uidMax < uidMin || gidMax < gidMin
                ? DEFAULTS
                : new LoginDefs(uidMin, uidMax, gidMin, gidMax);
    }
}
