package io.idagent.conversion;

import io.idagent.host.AccountChange;
import io.idagent.host.CarriedIds;
import io.idagent.host.Fact;
import io.idagent.ownership.DiskFlush;
import io.idagent.ownership.ScanResult;
import io.idagent.platform.GroupEntry;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.Owner;
import io.idagent.platform.UserEntry;
import java.io.IOException;
import java.util.Optional;

/**
 * Asks everybody concerned whether it has worked: the name services, libvirt, and the files. What has turned up since
 * the inventory is changed as well, until a look finds nothing.
 */
final class ProveStep implements StepAction {

    private static final int MOST_PASSES = 5;

    /** libvirt's own word on the numbers that it gives guests. */
    interface BaseLabel {
        /** @return empty if there is no libvirt to ask */
        Optional<Owner> ask() throws IOException;
    }

    /** What brings changed owners to the disk. */
    interface Flushes {
        DiskFlush begin() throws IOException;
    }

    private final Names names;
    private final BaseLabel baseLabel;
    private final InventoryStep inventory;
    private final ChangeOwnersStep owners;
    private final Flushes flushes;
    private final SettleNumbers numbers;

    ProveStep(
            Names names,
            BaseLabel baseLabel,
            InventoryStep inventory,
            ChangeOwnersStep owners,
            Flushes flushes,
            SettleNumbers numbers) {
        this.names = names;
        this.baseLabel = baseLabel;
        this.inventory = inventory;
        this.owners = owners;
        this.flushes = flushes;
        this.numbers = numbers;
    }

    @Override
    public String run(Undertaking work) throws StepException, IOException, NameServiceException {
        for (AccountChange change : work.plan().changes()) {
            proveNames(change);
        }
        proveBaseLabel(work.plan());
        if (work.plan().kind() == ConversionKind.RESTART_LIBVIRT) {
            return "base label is right";
        }
        ScanResult last = proveFiles(work);
        bringToDisk(work);
        if (work.plan().kind().reservesFormerIds()) {
            // Behind the flush: a number must not be free before the owners that replace it are on the disk.
            numbers.settle(
                    work,
                    last,
                    new CarriedIds(
                            Optional.of(work.plan().files()), Fact.known(last), () -> inventory.searchOutside(work)));
        }
        return work.leftovers() == 0 ? "nothing is left" : work.leftovers() + " files are left";
    }

    private void proveNames(AccountChange change) throws StepException, NameServiceException {
        Optional<UserEntry> user = names.user(change.user());
        Optional<GroupEntry> group = names.group(change.group());
        if (user.isEmpty() || !user.get().uid().equals(change.uidTo())) {
            throw new StepException("name services give the user " + change.user() + " as "
                    + user.map(u -> u.uid().toString()).orElse("unknown") + ", not as " + change.uidTo()
                    + ". A cache (nscd, sssd) may hold the old answer");
        }
        if (group.isEmpty() || !group.get().gid().equals(change.gidTo())) {
            throw new StepException("name services give the group " + change.group() + " as "
                    + group.map(g -> g.gid().toString()).orElse("unknown") + ", not as " + change.gidTo()
                    + ". A cache (nscd, sssd) may hold the old answer");
        }
    }

    private void proveBaseLabel(ConversionPlan plan) throws StepException, IOException {
        boolean asksUid = plan.proveBaseLabel().uid();
        boolean asksGid = plan.proveBaseLabel().gid();
        if ((!asksUid && !asksGid) || plan.changes().isEmpty()) {
            return;
        }
        Owner expected = plan.changes().get(0).to();
        Optional<Owner> label = baseLabel.ask();
        if (label.isEmpty()
                || (asksUid && !label.get().uid().equals(expected.uid()))
                || (asksGid && !label.get().gid().equals(expected.gid()))) {
            throw new StepException("libvirt gives guests "
                    + label.map(Owner::toString).orElse("no numbers at all")
                    + " (base label in virsh capabilities), not "
                    + expected + ". Look at user and group in /etc/libvirt/qemu.conf");
        }
    }

    /**
     * A run that was cut off may have changed owners that are not on the disk yet. So it is the manifest that tells where
     * to look, not what this run has changed.
     */
    private void bringToDisk(Undertaking work) throws IOException {
        DiskFlush flush = flushes.begin();
        for (int pass : work.manifest().passes()) {
            work.manifest().read(pass, hit -> flush.concerns(hit.path()));
        }
        flush.flush();
    }

    /** Notes files that turned up since; each pass is on the disk before its owners are changed. */
    private ScanResult proveFiles(Undertaking work) throws IOException, NameServiceException {
        int pass = work.manifest().passes().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        for (int later = 2; later <= pass; later++) {
            // Listed by a run that was cut off here: a change of which half is done is no find for the next look.
            owners.apply(work, later);
        }
        InventoryStep.Pass left = inventory.scan(work, ++pass);
        for (int i = 1; left.toChange() > 0; i++) {
            long changedBefore = work.filesChanged();
            owners.apply(work, pass);
            if (work.filesChanged() == changedBefore || i == MOST_PASSES) {
                break;
            }
            left = inventory.scan(work, ++pass);
        }
        work.leftovers(left.toChange());
        return left.found();
    }
}
