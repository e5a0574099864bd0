package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.LibC;
import io.idagent.platform.OpenFlags;
import io.idagent.platform.RawPath;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Pins the entry that a path found earlier stands for, without following any symbolic link, not even one in the middle, and
 * without leaving the base. The entry itself may be a link.
 */
final class PathPin {

    private static final long NO_LINKS =
            OpenFlags.RESOLVE_NO_SYMLINKS | OpenFlags.RESOLVE_NO_MAGICLINKS | OpenFlags.RESOLVE_BENEATH;

    /** What one call takes: PATH_MAX without the NUL. */
    private static final int LONGEST = 4095;

    private static final byte[] SELF = {'.'};

    private final LibC libC;

    PathPin(LibC libC) {
        this.libC = libC;
    }

    /**
     * @return an O_PATH descriptor for the caller to close, or a negative errno: -ENOENT if there is nothing, -ELOOP or
     *     -ENOTDIR if something in the middle is a link or no directory
     */
    int pin(TreeBase base, RawPath path) {
        if (path.equals(RawPath.ROOT)) {
            return libC.openat(base.descriptor(), SELF, OpenFlags.PIN);
        }
        int pin = path.length() <= LONGEST
                ? libC.openat2(base.descriptor(), path.relative(), OpenFlags.PIN, NO_LINKS)
                : stepwise(base.descriptor(), pieces(path.names()), true);
        // EPERM: what some sandboxes answer for system calls that are newer than they are.
        if (pin == -Errno.ENOSYS || pin == -Errno.EPERM) {
            return stepwise(base.descriptor(), path.names(), false);
        }
        return pin;
    }

    /** Several names in one call need openat2; a single name is safe with O_NOFOLLOW alone. */
    int stepwise(int base, List<byte[]> steps, boolean withOpenat2) {
        int here = base;
        for (int i = 0; i < steps.size(); i++) {
            boolean last = i == steps.size() - 1;
            int flags = last ? OpenFlags.PIN : OpenFlags.PIN | OpenFlags.O_DIRECTORY;
            int next = withOpenat2
                    ? libC.openat2(here, steps.get(i), flags, NO_LINKS)
                    : libC.openat(here, steps.get(i), flags);
            if (here != base) {
                libC.close(here);
            }
            if (next < 0) {
                return next;
            }
            here = next;
        }
        return here;
    }

    /** As few parts as possible, none longer than the kernel takes. */
    private static List<byte[]> pieces(List<byte[]> names) {
        List<byte[]> pieces = new ArrayList<>();
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        for (byte[] name : names) {
            if (piece.size() > 0 && piece.size() + 1 + name.length > LONGEST) {
                pieces.add(piece.toByteArray());
                piece.reset();
            }
            if (piece.size() > 0) {
                piece.write('/');
            }
            piece.writeBytes(name);
        }
        pieces.add(piece.toByteArray());
        return pieces;
    }
}
