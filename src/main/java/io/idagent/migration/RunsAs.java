package io.idagent.migration;

import io.idagent.platform.DacLabel;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.Owner;
import java.util.Optional;

/**
 * Under which numbers a guest runs: those of its own label. The host's base label says only what guests are started with
 * now; one that was started before the account got other numbers, or whose definition names its own, runs under others.
 */
final class RunsAs {

    private RunsAs() {}

    /** @return empty: its label names an account, and what number that is only libvirt there knows */
    static Optional<Owner> of(Optional<DacLabel> label, Owner base) {
        Optional<DacLabel> written = label.filter(found -> found.label().isPresent());
        return written.isPresent() ? written.flatMap(DacLabel::owner) : Optional.of(base);
    }

    static Optional<Owner> of(LibvirtGuest guest, Owner base) {
        return of(guest.now().label(), base);
    }

    /** After it has moved: a label that its definition names moves along. */
    static Optional<Owner> there(LibvirtGuest guest, Owner base) {
        return of(guest.now().label().filter(DacLabel::isStatic), base);
    }

    static boolean isAName(LibvirtGuest guest) {
        return guest.now().label().flatMap(DacLabel::label).isPresent()
                && guest.now().label().flatMap(DacLabel::owner).isEmpty();
    }
}
