package io.idagent.ownership;

import io.idagent.platform.FileStatus;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.RawPath;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The mounts that a walk comes to, told by the mount id of what it finds: the device tells no bind mount apart. For several threads. */
final class Places {

    private final MountTable.Source source;
    private final ScanRequest request;
    private final Findings findings;
    private final Map<Long, Optional<Place>> known = new ConcurrentHashMap<>();
    private final Set<Long> givenUp = ConcurrentHashMap.newKeySet();
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
            place = learn(id);
        }
        if (place.isEmpty()) {
            findings.error(
                    node.path(),
                    "",
                    node.path() + " lies in a mount that mountinfo does not show (mount id " + id
                            + "); it was not searched");
        }
        return place.isPresent() && place.get().isEntered() && !isGivenUp(place.get()) ? place : Optional.empty();
    }

    /** It does not answer: nothing more is looked at there. */
    void giveUp(Place place, Duration patience) {
        if (givenUp.add(place.mountId())) {
            RawPath point = place.mount().point();
            findings.error(
                    point,
                    "",
                    "the file system on " + point + " (" + place.mount().type() + ") has not answered for "
                            + patience.toSeconds() + " s; what is left of it was not searched");
        }
    }

    boolean isGivenUp(Place place) {
        return !givenUp.isEmpty() && givenUp.contains(place.mountId());
    }

    private synchronized Optional<Place> learn(long id) throws IOException {
        Optional<Place> place = known.get(id);
        if (place == null) {
            place = lookUp(id);
            known.put(id, place);
            place.filter(Place::isEntered).filter(Place::isShared).ifPresent(findings::enteredShared);
        }
        return place;
    }

    private Optional<Place> lookUp(long id) throws IOException {
        Optional<Mount> mount = table.withId(id);
        if (mount.isEmpty()) {
            // Mounted after the table was read.
            table = source.read();
            mount = table.withId(id);
        }
        return mount.map(found -> Place.of(found, table, request));
    }
}
