package io.idagent.host;

import static io.idagent.host.HostStory.known;
import static io.idagent.host.HostStory.scan;
import static io.idagent.host.HostStory.tally;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.idagent.ownership.CarriedOwners;
import io.idagent.ownership.PathError;
import io.idagent.ownership.Root;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.SharedStorage;
import io.idagent.ownership.Tally;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a former number may be given away: if it was looked for everywhere, and found nowhere. */
class CarriedIdsTest {

    private static final Uid UID = new Uid(109);
    private static final Gid GID = new Gid(114);
    private static final Path RUN = Path.of("/run/libvirt");
    private static final Path DISK = Path.of("/mnt/vm/disk.qcow2");

    private List<String> unseen = List.of();
    private ScanResult roots = scan(0, 0);
    private ScanResult outside = scan(0, 0);
    private int outsideLooks;

    @Test
    void whatIsFoundNowhereIsCarriedByNothing() {
        roots = with(scan(0, 0), CarriedOwners.NONE, List.of(RUN));
        assertEquals(Optional.empty(), carried().whyKept(UID));
        assertEquals(Optional.empty(), carried().whyKept(GID));
    }

    @Test
    void eachHalfIsKeptByItsOwnFiles() {
        roots = with(scan(1, 0), new CarriedOwners(Set.of(UID), Set.of()), List.of());
        assertEquals(Optional.of("files in the roots carry it"), carried().whyKept(UID));
        assertEquals(Optional.empty(), carried().whyKept(GID));
    }

    @Test
    void filesOutsideTheRootsAreSearchedOnceAndNamed() {
        outside = with(scan(2, 0), new CarriedOwners(Set.of(UID), Set.of()), List.of());
        CarriedIds carried = carried();
        assertEquals(
                Optional.of("2 files outside the roots with former ids: /var/lib/libvirt/images/old.qcow2"),
                carried.whyKept(UID));
        assertEquals(Optional.empty(), carried.whyKept(GID));
        assertEquals(1, outsideLooks);
    }

    @Test
    void whatCouldNotBeLookedAtMayCarryIt() {
        PathError error = new PathError("/srv/x", "EIO", "reading /srv/x: Input/output error");
        unseen = List.of("/srv is excluded (idagent.exclusions)");
        keeps("files may carry it: /srv is excluded (idagent.exclusions)");
        unseen = List.of();
        roots = with(scan(0, 0), CarriedOwners.NONE, List.of(RUN, DISK));
        keeps("files may carry it: /mnt/vm/disk.qcow2 is not there; is its storage mounted?");
        roots = scan(0, 0, Tally.NOTHING, Tally.NOTHING, List.of(), List.of(error));
        keeps("files may carry it: could not look everywhere; reading /srv/x: Input/output error");
        roots = scan(0, 0, Tally.NOTHING, Tally.NOTHING, 1, 0, List.of(), List.of());
        keeps("ACLs or records of libvirt may name it");
        roots = scan(0, 0, Tally.NOTHING, Tally.NOTHING, 0, 1, List.of(), List.of());
        keeps("ACLs or records of libvirt may name it");
        roots = scan(0, 0);
        outside = scan(0, 0, Tally.NOTHING, Tally.NOTHING, List.of(), List.of(error));
        keeps("files outside the roots may carry it: could not look everywhere; reading /srv/x: Input/output error");
    }

    @Test
    void aNumberThatNobodyLooksForIsKept() {
        assertEquals(
                Optional.of("files with it are not looked for (idagent.orphans)"),
                carried().whyKept(new Uid(117)));
        CarriedIds nobody = new CarriedIds(Optional.empty(), known(roots), () -> outside);
        assertEquals(Optional.of("files with it are not looked for (idagent.orphans)"), nobody.whyKept(UID));
    }

    @Test
    void aSearchThatWasNotMadeSaysNothing() {
        CarriedIds notSearched = new CarriedIds(scope(), Fact.unknown("the roots were not searched"), () -> outside);
        assertEquals(Optional.of("the roots were not searched"), notSearched.whyKept(UID));
        CarriedIds failed = new CarriedIds(scope(), known(roots), () -> {
            throw new IOException("the disk is gone");
        });
        assertEquals(Optional.of("the disk is gone"), failed.whyKept(UID));
        assertThrows(IOException.class, () -> CarriedIds.outsideLook(HostInspector.Depth.WITH_FILES, () -> outside)
                .search());
    }

    private void keeps(String why) {
        assertEquals(Optional.of(why), carried().whyKept(UID));
        assertEquals(Optional.of(why), carried().whyKept(GID));
    }

    private CarriedIds carried() {
        return new CarriedIds(scope(), known(roots), () -> {
            outsideLooks++;
            return outside;
        });
    }

    private Optional<FileScope> scope() {
        AccountChange change = new AccountChange(
                "libvirt-qemu",
                new Uid(64055),
                new Uid(64055),
                "libvirt-qemu",
                new Gid(64055),
                new Gid(64055),
                "/var/lib/libvirt");
        return Optional.of(new FileScope(
                List.of(change),
                List.of(Root.adopting(RUN), Root.adopting(DISK)),
                List.of(),
                Set.of(UID),
                Set.of(GID),
                Optional.empty(),
                SharedStorage.REPORT,
                List.of(),
                List.of(RUN),
                unseen));
    }

    private static ScanResult with(ScanResult scan, CarriedOwners carried, List<Path> absent) {
        return new ScanResult(
                scan.entries(),
                scan.formerIds(),
                tally(0, ""),
                scan.otherOrphans(),
                scan.alreadyTarget(),
                scan.acls(),
                scan.ownerRecords(),
                scan.staleRecords(),
                scan.sharedStorage(),
                carried,
                absent,
                scan.errors(),
                scan.errorCount());
    }
}
