package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.ownership.AccessGrant;
import io.idagent.platform.Gid;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** To whom a guest's images belong: to the numbers that it runs under, and not to those that libvirt starts others with. */
class RunsAsTest {

    private static final Owner OLD = new Owner(new Uid(109), new Gid(114));
    private static final Owner NEW = new Owner(new Uid(64055), new Gid(64055));

    private final MigrationStory story = new MigrationStory();

    private LibvirtGuest guest() {
        return story.guests().get(0);
    }

    private Homes.Whereabouts home() {
        AccessGrant access = new AccessGrant(
                MigrationStory.IMAGE,
                1,
                Set.of(OLD.uid(), NEW.uid()),
                6,
                AccessGrant.Form.POSIX_ACL,
                0600,
                Optional.empty());
        return new HomesByLocks(null, null, List.of(guest()), NEW, path -> Optional.empty())
                .of(new Grant(Instant.EPOCH, List.of("vm1"), access, false));
    }

    @Test
    void aGuestThatWasStartedBeforeTheNumbersChangedKeepsItsImage() {
        story.label = Optional.of(MigrationStory.label("dynamic", "+109:+114"));
        assertEquals(new Homes.Whereabouts.Known(Set.of(Homes.Home.of(OLD))), home());
        assertEquals(Optional.of(NEW), RunsAs.there(guest(), NEW), "the other side starts it under its own");
    }

    @Test
    void aLabelOfItsOwnMovesAlong() {
        story.label = Optional.of(MigrationStory.label("static", "+109:+114"));
        assertEquals(Optional.of(OLD), RunsAs.there(guest(), NEW));
    }

    @Test
    void withoutALabelItRunsAsTheHostStartsIt() {
        story.label = Optional.empty();
        assertEquals(new Homes.Whereabouts.Known(Set.of(Homes.Home.of(NEW))), home());
    }

    @Test
    void aNameIsNoNumber() {
        story.label = Optional.of(MigrationStory.label("static", "root:root"));
        assertInstanceOf(Homes.Whereabouts.Unknown.class, home());
        Map<String, String> held = HeldGuests.of(story.guests(), story.findings(), new HeldGuests.Despite(true, true));
        assertTrue(held.get("vm1").contains("names an account"), held.toString());
    }
}
