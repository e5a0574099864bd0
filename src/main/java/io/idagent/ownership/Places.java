package io.idagent.ownership;

import io.idagent.platform.FileStatus;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The mounts that a walk comes to, told by the mount id of what it finds: the device tells no bind mount apart. */
final class Places {

    private final MountTable.Source source;
    private final ScanRequest request;
    private final Findings findings;
    private final Map<Long, Optional<Place>> known = new HashMap<>();
    private MountTable table;

    Places(MountTable.Source source, ScanRequest request, Findings findings) throws IOException {
        this.source = source;
        this.request = request;
        this.findings = findings;
        this.table = source.read();
    }

    /**
     * Where an entry lies; empty if it must not be looked at further, which is an error if the mount is not known.
     *
     * @throws IOException if the kernel does not tell, or mountinfo cannot be read again
     */
    Optional<Place> of(FileStatus status, PathNode node) throws IOException {
        if (!status.hasMountId()) {
            throw new IOException("this kernel does not tell in which mount a file lies: Linux 5.8 or newer is needed");
        }
        long id = status.mountId();
        Optional<Place> place = known.get(id);
        if (place == null) {
            place = lookUp(id);
            known.put(id, place);
            place.filter(Place::isEntered).filter(Place::isShared).ifPresent(findings::enteredShared);
        }
        if (place.isEmpty()) {
            findings.error(
                    node.path(),
                    "",
                    node.path() + " lies in a mount that mountinfo does not show (mount id " + id
                            + "); it was not searched");
        }
        return place.filter(Place::isEntered);
    }

    private Optional<Place> lookUp(long id) throws IOException {
        Optional<Mount> mount = table.withId(id);
        if (mount.isEmpty()) {
            // Mounted after the table was read.
            table = source.read();
            mount = table.withId(id);
        }
        return mount.map(found -> Place.of(found, table.isSeenTwice(found), request));
    }
}
