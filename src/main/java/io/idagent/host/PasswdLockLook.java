package io.idagent.host;

import io.idagent.platform.ExclusiveLock;
import io.idagent.platform.PasswdLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Whether usermod and groupmod could write the account files now. */
final class PasswdLockLook {

    /**
     * Lock files of shadow's own, beside the one of lckpwdf(3). One that names a process that is gone was left behind when
     * that was killed; usermod takes it away. Any other stops usermod at once.
     */
    private static final List<String> LOCK_FILES =
            List.of("passwd.lock", "group.lock", "shadow.lock", "gshadow.lock", "subuid.lock", "subgid.lock");

    private PasswdLockLook() {}

    /**
     * In the order of usermod: a useradd at work holds the lock and has lock files too, and is over in a moment.
     *
     * @return who or what locks them; empty if nobody does
     */
    static Fact<Optional<String>> at(Path etc, Duration wait) {
        Path file = etc.resolve(PasswdLock.FILE.getFileName());
        try (ExclusiveLock lock = PasswdLock.take(file, wait).orElse(null)) {
            return Fact.known(
                    lock == null
                            ? Optional.of("another program held " + file + " for " + wait.toSeconds() + " s")
                            : lockFile(etc));
        } catch (IOException e) {
            return Fact.unknown("the lock " + file + " cannot be taken: " + e);
        }
    }

    private static Optional<String> lockFile(Path etc) {
        for (String name : LOCK_FILES) {
            Path file = etc.resolve(name);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isAbandoned(file)) {
                return Optional.of("there is a lock file " + file);
            }
        }
        return Optional.empty();
    }

    /** By shadow's own rule: it holds the number of a process that does not exist. */
    private static boolean isAbandoned(Path file) {
        try {
            String pid = Files.readString(file, StandardCharsets.ISO_8859_1)
                    .replace("\0", "")
                    .strip();
            return pid.matches("[1-9][0-9]{0,9}") && !Files.exists(Path.of("/proc", pid));
        } catch (IOException cannotBeRead) {
            return false;
        }
    }
}
