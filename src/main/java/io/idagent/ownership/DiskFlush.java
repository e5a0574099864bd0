package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.LibC;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.OpenFlags;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings changed owners to the disk. Each file system writes in its own time: what a journal says may be on the disk of one
 * long before what it tells of is on the disk of another, and a power cut between the two would make a liar of it.
 */
public final class DiskFlush {

    private final LibC libC;
    private final MountTable mounts;
    private final RawPath base;
    private final Set<Mount> concerned = new LinkedHashSet<>();

    public DiskFlush(LibC libC, MountTable.Source mounts, TreeBase base) throws IOException {
        this.libC = libC;
        this.mounts = mounts.read();
        this.base = RawPath.of(base.path().toRealPath());
    }

    /** @param path of a file that was changed, by this process or by one before it; as a scan gave it */
    public void concerns(RawPath path) {
        mounts.holding(base.equals(RawPath.ROOT) ? path : below(path)).ifPresent(concerned::add);
    }

    private RawPath below(RawPath path) {
        List<byte[]> names = new ArrayList<>(base.names());
        names.addAll(path.names());
        return RawPath.ofNames(names);
    }

    /** @throws IOException if a file system cannot say that all is on its disk */
    public void flush() throws IOException {
        for (Mount mount : concerned) {
            int descriptor =
                    libC.open(mount.point().bytes(), OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC);
            int failure = descriptor < 0 ? descriptor : libC.syncfs(descriptor);
            if (descriptor >= 0) {
                libC.close(descriptor);
            }
            // Unmounted meanwhile: then it was written.
            if (failure < 0 && failure != -Errno.ENOENT) {
                throw new IOException("the changed owners on " + mount.point() + " (" + mount.type()
                        + ") cannot be brought to the disk: " + Errno.text(-failure));
            }
        }
    }
}
