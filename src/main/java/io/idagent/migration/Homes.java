package io.idagent.migration;

import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.util.Optional;
import java.util.Set;

/** Says under which numbers the guests run for whose sake access was given: their images must belong to those first. */
@FunctionalInterface
public interface Homes {

    Whereabouts of(Grant grant);

    /** @param gid empty: not known; then the group stays */
    record Home(Uid uid, Optional<Gid> gid) {

        static Home of(Owner owner) {
            return new Home(owner.uid(), Optional.of(owner.gid()));
        }
    }

    sealed interface Whereabouts {
        /** @param homes none: no guest runs */
        record Known(Set<Home> homes) implements Whereabouts {

            /** Under how many numbers they run. */
            long numbers() {
                return homes.stream().map(Home::uid).distinct().count();
            }
        }

        record Unknown(String why) implements Whereabouts {}

        static Whereabouts runsUnderAName(String guest) {
            return new Unknown("the <seclabel> of " + guest + " names an account, and its number is not known;"
                    + " give the image to that account first (chown)");
        }
    }
}
