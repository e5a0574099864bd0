package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.platform.GuestMover;
import io.idagent.platform.GuestMover.Place;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.Owner;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Asks both sides of an evacuation where guests run. Where a side does not answer nothing is concluded. */
final class RouteHomes implements Homes {

    private final GuestMover mover;
    private final Evacuation.Route route;

    RouteHomes(GuestMover mover, Evacuation.Route route) {
        this.mover = mover;
        this.route = route;
    }

    /** Each guest is on one side, or on none. */
    @Override
    public Whereabouts of(Grant grant) {
        Set<Home> homes = new HashSet<>();
        for (String guest : grant.domains()) {
            Fact<Place> from = placeIfKnown(route.from(), guest);
            Fact<Place> to = placeIfKnown(route.to(), guest);
            boolean runsThere = to.orElse(Place.IS_NOT) == Place.RUNS;
            boolean runsHere = from.orElse(Place.IS_NOT) == Place.RUNS;
            if (runsHere && !runsThere) {
                homes.add(home(route.fromRunsAs()));
            } else if (runsThere && !runsHere) {
                homes.add(home(route.toRunsAs()));
            } else if (runsHere) {
                return new Whereabouts.Unknown(guest + " is on its way, or runs on both sides");
            } else if (!from.isKnown() || !to.isKnown()) {
                return new Whereabouts.Unknown("where " + guest + " runs is not known: "
                        + from.whyUnknown().or(to::whyUnknown).orElse(""));
            }
        }
        return new Whereabouts.Known(homes);
    }

    Place place(String uri, String guest) throws LibvirtUnavailableException {
        return twice(() -> mover.place(uri, guest));
    }

    Fact<Place> placeIfKnown(String uri, String guest) {
        try {
            return Fact.known(place(uri, guest));
        } catch (LibvirtUnavailableException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    private static Home home(Owner owner) {
        return new Home(owner.uid(), Optional.of(owner.gid()));
    }

    interface Question<T> {
        T ask() throws LibvirtUnavailableException;
    }

    /** Ctrl-C on a terminal ends the ssh of a connection too; a new one answers. */
    static <T> T twice(Question<T> question) throws LibvirtUnavailableException {
        try {
            return question.ask();
        } catch (LibvirtUnavailableException lost) {
            return question.ask();
        }
    }
}
