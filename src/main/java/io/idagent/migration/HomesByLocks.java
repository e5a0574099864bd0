package io.idagent.migration;

import io.idagent.ownership.AccessGrants;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** For someone who does not know where guests have gone: whoever holds an image that runs nowhere here is the other one. */
public final class HomesByLocks implements Homes {

    private final AccessGrants access;
    private final TreeBase base;
    private final List<LibvirtGuest> here;
    private final Owner startedWith;
    private final Holders holders;

    /** @param here the guests of this host. @param startedWith the numbers that its libvirt starts guests with */
    public HomesByLocks(
            AccessGrants access, TreeBase base, List<LibvirtGuest> here, Owner startedWith, Holders holders) {
        this.access = access;
        this.base = base;
        this.here = here;
        this.startedWith = startedWith;
        this.holders = holders;
    }

    @Override
    public Whereabouts of(Grant grant) {
        List<LibvirtGuest> running = here.stream()
                .filter(guest -> guest.active() && grant.domains().contains(guest.name()))
                .toList();
        if (!running.isEmpty()) {
            return homes(running);
        }
        if (grant.access().permissions() == Sharing.READ || !access.isInUse(base, grant.access())) {
            return new Whereabouts.Known(Set.of());
        }
        Optional<String> holder = holders.of(grant.access().path());
        if (holder.isPresent()) {
            return new Whereabouts.Unknown(holder.get() + " has it open on this host; end that first");
        }
        List<Uid> others = grant.access().uids().stream()
                .filter(uid -> !uid.equals(startedWith.uid()))
                .toList();
        return others.size() == 1
                ? new Whereabouts.Known(Set.of(new Home(others.get(0), Optional.empty())))
                : new Whereabouts.Unknown("a guest on another host uses it, and which of "
                        + grant.access().uids() + " that is cannot be told; give it to that one first (chown)");
    }

    private Whereabouts homes(List<LibvirtGuest> running) {
        Set<Home> homes = new HashSet<>();
        for (LibvirtGuest guest : running) {
            Optional<Owner> owner = RunsAs.of(guest, startedWith);
            if (owner.isEmpty()) {
                return Whereabouts.runsUnderAName(guest.name());
            }
            homes.add(Home.of(owner.get()));
        }
        return new Whereabouts.Known(homes);
    }
}
