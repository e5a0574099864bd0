package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.LibC;
import io.idagent.platform.OpenFlags;
import io.idagent.platform.RawPath;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Finds the entry that a configured path stands for, name by name, each pinned before it is looked at.
 *
 * <p>A symbolic link is followed only if nobody but root can have made it: link and directory belong to root, and neither
 * group nor others can write in the directory. (With an ACL the group bits are its mask, so they cover that too.) Absolute
 * targets begin at the base, and ".." ends there. No automount is started.
 */
final class PathResolver {

    /** As many as the kernel follows ({@code path_resolution(7)}). */
    private static final int MOST_LINKS = 40;

    private static final int GROUP_OR_OTHERS_WRITE = 0022;

    private final LibC libC;
    private final TreeBase base;
    private final FileStatus status = new FileStatus();
    private final byte[] target = new byte[4096];

    PathResolver(LibC libC, TreeBase base) {
        this.libC = libC;
        this.base = base;
    }

    sealed interface Resolution {}

    /** @param pin an O_PATH descriptor, which the receiver closes. @param names from the base on, no link among them */
    record Found(int pin, List<byte[]> names) implements Resolution {}

    record Absent() implements Resolution {}

    record Refused(PathError error) implements Resolution {}

    /** A path as configured: its ".." mean what they mean to the kernel. */
    Resolution resolve(Path path) {
        return resolve(RawPath.namesOf(path), path.toString());
    }

    Resolution resolve(RawPath path) {
        return resolve(path.names(), path.toString());
    }

    private Resolution resolve(List<byte[]> names, String shown) {
        Steps steps = new Steps();
        try {
            return follow(names, shown, steps);
        } finally {
            steps.closeAll();
        }
    }

    private Resolution follow(List<byte[]> names, String shown, Steps steps) {
        Deque<byte[]> ahead = new ArrayDeque<>(names);
        int links = 0;
        while (!ahead.isEmpty()) {
            byte[] name = ahead.removeFirst();
            if (Arrays.equals(name, new byte[] {'.'})) {
                continue;
            }
            if (Arrays.equals(name, new byte[] {'.', '.'})) {
                steps.up();
                continue;
            }
            int pin = libC.openat(steps.here(), name, OpenFlags.PIN);
            if (pin == -Errno.ENOENT) {
                return new Absent();
            }
            if (pin < 0) {
                return refused(shown, "cannot open", -pin);
            }
            steps.down(name, pin);
            int failure = libC.statx(pin, 0, status);
            if (failure < 0) {
                return refused(shown, "cannot look at", -failure);
            }
            if (status.type() != FileType.SYMBOLIC_LINK) {
                continue;
            }
            if (++links > MOST_LINKS) {
                return refused(shown, "cannot follow", Errno.ELOOP);
            }
            if (!isRootsAlone(steps)) {
                return refused(
                        shown,
                        steps.path() + " is a symbolic link that others than root can have made; it is not followed");
            }
            int length = libC.readlink(pin, target);
            if (length < 0 || length == target.length) {
                return refused(shown, "cannot read the link", length < 0 ? -length : Errno.ENAMETOOLONG);
            }
            steps.up();
            if (target[0] == '/') {
                steps.toBase();
            }
            List<byte[]> inserted = RawPath.split(Arrays.copyOf(target, length));
            for (int i = inserted.size() - 1; i >= 0; i--) {
                ahead.addFirst(inserted.get(i));
            }
        }
        return steps.found(shown);
    }

    /** The link has just been looked at. */
    private boolean isRootsAlone(Steps steps) {
        if (status.uidBits() != 0 || libC.statx(steps.above(), 0, status) < 0) {
            return false;
        }
        return status.uidBits() == 0 && (status.mode() & GROUP_OR_OTHERS_WRITE) == 0;
    }

    private static Refused refused(String shown, String what, int errno) {
        return new Refused(new PathError(shown, Errno.name(errno), what + " " + shown + ": " + Errno.text(errno)));
    }

    private static Refused refused(String shown, String sentence) {
        return new Refused(new PathError(shown, "", sentence));
    }

    /** The way from the base to where we are: a pin and a name for each step. */
    private final class Steps {
        private final List<Integer> pins = new ArrayList<>();
        private final List<byte[]> names = new ArrayList<>();

        int here() {
            return pins.isEmpty() ? base.descriptor() : pins.get(pins.size() - 1);
        }

        int above() {
            return pins.size() < 2 ? base.descriptor() : pins.get(pins.size() - 2);
        }

        void down(byte[] name, int pin) {
            pins.add(pin);
            names.add(name);
        }

        void up() {
            if (!pins.isEmpty()) {
                libC.close(pins.remove(pins.size() - 1));
                names.remove(names.size() - 1);
            }
        }

        void toBase() {
            while (!pins.isEmpty()) {
                up();
            }
        }

        RawPath path() {
            return RawPath.ofNames(names);
        }

        Resolution found(String shown) {
            // The last pin goes to the caller; the base is pinned a second time, as it is not ours to give away.
            int pin = pins.isEmpty()
                    ? libC.openat(base.descriptor(), new byte[] {'.'}, OpenFlags.PIN)
                    : pins.remove(pins.size() - 1);
            return pin < 0 ? refused(shown, "cannot open", -pin) : new Found(pin, List.copyOf(names));
        }

        void closeAll() {
            for (int pin : pins) {
                libC.close(pin);
            }
        }
    }
}
