package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which findings hold a guest where it is. */
class EvacuationTest {

    private final MigrationStory story = new MigrationStory();

    private Map<String, String> held(boolean unsafe) {
        return HeldGuests.of(story.guests(), story.findings(), new HeldGuests.Despite(unsafe, false));
    }

    @Test
    void differingNumbersHoldNobodyAsTheyAreWhatItIsFor() {
        story.there.label = new Owner(new Uid(109), new Gid(114));
        assertEquals(3, story.findings().size());
        assertEquals(Map.of(), held(false));
    }

    @Test
    void unsafeOverridesAFileSystemThatLibvirtDoesNotKnowIfBothSeeTheSameFile() {
        story.here.fileSystem = "ext4";
        story.there.fileSystem = "ext4";
        assertEquals(List.of("vm1"), List.copyOf(held(false).keySet()));
        assertEquals(Map.of(), held(true));
        story.there.identity = "18 1024";
        assertEquals(List.of("vm1"), List.copyOf(held(true).keySet()));
    }

    @Test
    void whatIsWrongWithTheOtherSideHoldsAll() {
        story.there.resolvesTo = List.of("127.0.1.1");
        assertEquals(Map.of(), held(true), "as Debian's installer leaves it");
        story.otherSeenAt = List.of();
        assertEquals(List.of("vm1"), List.copyOf(held(true).keySet()));
    }

    @Test
    void nobodyIsMovedBehindTheBackOfAClusterManager() {
        story.managedBy = Optional.of("OpenStack");
        assertTrue(held(true).get("vm1").contains("it belongs to OpenStack"));
        story.managedBy = Optional.empty();
        story.there.clusterManager = Optional.of("pacemakerd");
        assertTrue(held(true).get("vm1").contains("pacemakerd runs on h2"));
        HeldGuests.Despite told = new HeldGuests.Despite(false, true);
        assertEquals(Map.of(), HeldGuests.of(story.guests(), story.findings(), told));
    }

    @Test
    void aPausedGuestStays() {
        story.paused = true;
        assertEquals(Map.of("vm1", "it is paused"), held(true));
    }
}
