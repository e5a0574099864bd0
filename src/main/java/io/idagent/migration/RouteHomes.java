package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.platform.DacLabel;
import io.idagent.platform.GuestMover;
import io.idagent.platform.GuestMover.Place;
import io.idagent.platform.GuestMover.Standing;
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
            Fact<Standing> from = fact(route.from(), guest);
            Fact<Standing> to = fact(route.to(), guest);
            boolean runsThere = runs(to);
            boolean runsHere = runs(from);
            if (runsHere != runsThere) {
                Optional<DacLabel> label = Fact.valueOf(runsHere ? from : to).flatMap(Standing::label);
                Optional<Owner> owner = RunsAs.of(label, runsHere ? route.fromRunsAs() : route.toRunsAs());
                if (owner.isEmpty()) {
                    return Whereabouts.runsUnderAName(guest);
                }
                homes.add(Home.of(owner.get()));
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
        return fact(uri, guest).map(Standing::place);
    }

    private static boolean runs(Fact<Standing> standing) {
        return Fact.valueOf(standing)
                .filter(found -> found.place() == Place.RUNS)
                .isPresent();
    }

    private Fact<Standing> fact(String uri, String guest) {
        try {
            return Fact.known(twice(() -> mover.standing(uri, guest)));
        } catch (LibvirtUnavailableException e) {
            return Fact.unknown(e.getMessage());
        }
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
