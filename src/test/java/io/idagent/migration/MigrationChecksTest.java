package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.host.Fact;
import io.idagent.platform.Gid;
import io.idagent.platform.GuestDescription;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rules that the lab's two hosts cannot show: other file systems, older versions, other accounts. */
class MigrationChecksTest {

    private final MigrationStory story = new MigrationStory();

    @Test
    void twoHostsAsTheyShouldBe() {
        assertEquals(List.of(), story.findings());
    }

    @Test
    void whatLibvirtDoesNotKnowAsSharedMovesWithUnsafeAndIsNotCopied() {
        story.here.fileSystem = "ext4";
        story.there.fileSystem = "ext4";
        MigrationFinding same = story.findings().get(0);
        assertEquals(MigrationFinding.Kind.NOT_SHARED, same.kind());
        assertTrue(same.mend().startsWith("virsh migrate --live --unsafe vm1"), same.mend());

        story.there.identity = "18 1024";
        MigrationFinding other = story.findings().get(0);
        assertEquals(MigrationFinding.Kind.NOT_SHARED, other.kind());
        assertTrue(other.mend().startsWith("virsh migrate --live --copy-storage-all vm1"), other.mend());
    }

    @Test
    void snapshotsInsideASharedImageMoveAlong() {
        story.contents.put(
                MigrationStory.IMAGE,
                MigrationStory.known(
                        new ImageContent("qcow2", Optional.empty(), Optional.empty(), List.of("before", "after"))));
        assertEquals(List.of(), story.findings());

        story.here.fileSystem = "xfs";
        story.there.hasImage = false;
        assertEquals(List.of("SNAPSHOTS_LOST", "NOT_SHARED"), story.kinds());
        assertTrue(story.findings().get(0).sentence().contains("before, after"));
    }

    @Test
    void aCacheModeMattersToOldQemuOnEitherSide() {
        story.disk = MigrationStory.disk("file", Optional.of("qcow2"), Optional.of("writeback"));
        assertEquals(List.of(), story.findings());
        story.there.qemu = 3_001_000;
        assertEquals(List.of("CACHE_MODE"), story.kinds());
        story.disk = MigrationStory.disk("file", Optional.of("qcow2"), Optional.of("directsync"));
        assertEquals(List.of(), story.findings());
    }

    @Test
    void aRawImageIsGivenAsRawToGuestsThatCallItQcow2() {
        story.contents.put(MigrationStory.IMAGE, MigrationStory.known(ImageContent.RAW));
        assertEquals(List.of("FORMAT_MISMATCH"), story.kinds());
    }

    @Test
    void anImageThatCouldNotBeReadIsNotTakenForAGoodOne() {
        story.contents.put(MigrationStory.IMAGE, Fact.unknown("Permission denied"));
        assertEquals(List.of("NOT_SEEN"), story.kinds());
    }

    @Test
    void otherAccountsAreComparedToo() {
        story.accounts.add(MigrationStory.NOVA);
        assertEquals(List.of(), story.findings(), "neither side has it");
        story.here.users.put("nova", new Uid(120));
        story.here.groups.put("nova", new Gid(125));
        story.there.users.put("nova", new Uid(64060));
        story.there.groups.put("nova", new Gid(64060));
        assertEquals(List.of("ACCOUNTS_DIFFER"), story.kinds());
        assertTrue(story.findings().get(0).sentence().contains("nova is 120:125 on h1, and 64060:64060 on h2"));
    }

    @Test
    void aHostWhereQemuRunsAsRootHasNoNumbersToConvert() {
        story.here.label = new Owner(Uid.ROOT, new Gid(0));
        story.here.settings.put("qemu.conf user", "root");
        story.here.settings.put("qemu.conf group", "root");
        assertEquals(List.of("IDS_DIFFER"), story.kinds());
    }

    @Test
    void aSideThatIsNotReachedIsSaidSoAndNothingIsConcludedFromIt() {
        story.other = Optional.of(Fact.unknown("Connection refused"));
        assertEquals(List.of("OTHER_SIDE_NOT_SEEN"), story.kinds());
    }

    @Test
    void hostsThatDoNotKnowTheirOwnName() {
        story.there.resolvesTo = List.of();
        assertEquals(List.of("HOST_NAME"), story.kinds());
        story.there.resolvesTo = List.of("127.0.1.1", "192.0.2.1");
        assertEquals(List.of(), story.findings());
        story.otherSeenAt = List.of("127.0.0.1");
        assertEquals(List.of("HOST_NAME"), story.kinds());
        assertEquals(MigrationFinding.Severity.ERROR, story.findings().get(0).severity());
    }

    /** What a guest writes into its own disk looks like an image with a backing file, which lies elsewhere on the host. */
    @Test
    void nobodyIsToldToRunWhatAGuestHasWritten() {
        story.contents.put(
                MigrationStory.IMAGE,
                MigrationStory.known(new ImageContent(
                        "qcow2", Optional.of("/etc/shadow; reboot"), Optional.empty(), List.of("$(reboot)"))));
        for (Optional<String> format : List.of(Optional.<String>empty(), Optional.of("raw"))) {
            story.disk = MigrationStory.disk("file", format, Optional.of("none"));
            assertEquals(List.of("FORMAT_MISMATCH"), story.kinds());
        }

        // Where it is an image by definition, a template may still have been made by somebody else.
        story.disk = MigrationStory.disk("file", Optional.of("qcow2"), Optional.of("none"));
        story.here.fileSystem = "ext4";
        story.there.hasImage = false;
        String mends =
                story.findings().stream().map(MigrationFinding::mend).toList().toString();
        assertTrue(mends.contains("-b '/etc/shadow; reboot' /images/vm1.qcow2"), mends);
        assertTrue(mends.contains("qemu-img snapshot -d '$(reboot)' /images/vm1.qcow2"), mends);
    }

    @Test
    void networksAndBridgesAreThereOnTheOtherSideToo() {
        story.connected =
                List.of(new GuestDescription.Network(true, "default"), new GuestDescription.Network(false, "br0"));
        assertEquals(List.of(), story.findings());
        story.there.networks = Set.of();
        story.there.interfaces = Set.of("lo");
        assertEquals(List.of("NETWORK_LACKING", "NETWORK_LACKING"), story.kinds());
        assertEquals(
                Set.of("vm1"),
                HeldGuests.of(story.guests(), story.findings(), new HeldGuests.Despite(true, true))
                        .keySet());
    }

    @Test
    void theOtherSideHasMemoryForAllWhoCome() {
        story.memory = 4L << 30;
        assertEquals(List.of(), story.findings());
        story.there.memoryAvailable = (4L << 30) - 1;
        assertEquals(List.of("MEMORY_LACKING"), story.kinds());
        assertTrue(story.findings().get(0).sentence().contains("4096 MiB"));
    }

    @Test
    void checkpointsOfBackupsAreForgottenAndHoldNobody() {
        story.checkpoints = List.of("monday");
        assertEquals(List.of("CHECKPOINTS_LOST"), story.kinds());
        assertEquals(Map.of(), HeldGuests.of(story.guests(), story.findings(), new HeldGuests.Despite(false, false)));
    }
}
