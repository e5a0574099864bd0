package io.idagent.conversion;

import io.idagent.host.AccountChange;
import io.idagent.host.Fact;
import io.idagent.host.GuestFinder;
import io.idagent.host.ProcessesInTheWay;
import io.idagent.host.ReservedIds;
import io.idagent.host.WatchedIds;
import io.idagent.ownership.DiskFlush;
import io.idagent.ownership.OwnerChanger;
import io.idagent.ownership.OwnershipScanner;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Commands;
import io.idagent.platform.Gid;
import io.idagent.platform.LibC;
import io.idagent.platform.Libvirt;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.MountTable;
import io.idagent.platform.Names;
import io.idagent.platform.Owner;
import io.idagent.platform.Services;
import io.idagent.platform.ShadowTools;
import io.idagent.platform.Uid;
import io.idagent.settings.Settings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a conversion works with, on this host or below another root directory.
 *
 * @param names as everybody on the host asks for names; below another root the same as the files
 * @param localFiles the account files that usermod and groupmod edit
 * @param reserved the numbers in them that accounts of ours keep; for names and localFiles they are nobody's
 */
public record ConversionTools(
        Conversions conversions,
        Settings.Timeouts timeouts,
        Commands commands,
        Services services,
        ShadowTools shadow,
        Names names,
        Names localFiles,
        ReservedIds reserved,
        GuestFinder guests,
        Libvirt libvirt,
        OwnershipScanner scanner,
        OwnerChanger changer,
        TreeBase base) {

    public ConversionRunner runner() {
        InventoryStep inventory = new InventoryStep(scanner, base, conversions);
        ChangeOwnersStep owners = new ChangeOwnersStep(changer, base);
        NumberKeeper keeper =
                new NumberKeeper(shadow, reserved, localFiles, base.path().resolve("etc"));
        Map<Step, StepAction> actions = new EnumMap<>(Step.class);
        actions.put(Step.INVENTORY, inventory);
        actions.put(Step.CLOSE_LIBVIRT, new CloseLibvirtStep(services));
        actions.put(Step.LOOK_AGAIN, new LookAgainStep(this::inTheWay));
        actions.put(
                Step.CHANGE_IDS,
                new ChangeIdsStep(shadow, localFiles, base.path().resolve("etc"), keeper));
        actions.put(Step.HOLD_NUMBERS, new HoldNumbersStep(commands, timeouts.command(), timeouts.passwdLock()));
        actions.put(Step.CHANGE_OWNERS, owners);
        actions.put(Step.OPEN_LIBVIRT, new OpenLibvirtStep(services));
        actions.put(
                Step.PROVE,
                new ProveStep(
                        names,
                        this::baseLabel,
                        inventory,
                        owners,
                        () -> new DiskFlush(LibC.load(), MountTable::ofThisProcess, base),
                        new SettleNumbers(reserved, keeper, names, base.path().resolve("etc"))));
        return new ConversionRunner(conversions, actions, Clock.systemUTC());
    }

    /** With libvirt down only processes can be asked; a guest is one. */
    private List<String> inTheWay(ConversionPlan plan) throws StepException {
        Set<Uid> uids = new HashSet<>(plan.files().formerUids());
        Set<Gid> gids = new HashSet<>(plan.files().formerGids());
        List<Owner> targets = new ArrayList<>();
        for (AccountChange change : plan.changes()) {
            uids.add(change.uidFrom());
            gids.add(change.gidFrom());
            targets.add(change.to());
        }
        Fact<ProcessesInTheWay> found;
        try {
            found = guests.look(
                    new WatchedIds(uids, gids),
                    WatchedIds.of(targets),
                    List.of(),
                    plan.files().rootPaths());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepException("the look for guests was interrupted");
        }
        if (found.whyUnknown().isPresent()) {
            throw new StepException(found.whyUnknown().get());
        }
        ProcessesInTheWay processes = found.orElse(ProcessesInTheWay.NONE);
        List<String> sentences = new ArrayList<>();
        processes.guests().forEach(guest -> sentences.add("guest " + guest.name() + " has started"));
        processes.idUsers().forEach(user -> sentences.add(user + " runs with an id of the account"));
        processes.targetUsers().forEach(user -> sentences.add(user + " runs with a target id"));
        processes
                .imageUsers()
                .forEach(user -> sentences.add(user.program() + " (pid " + user.pid() + ") uses an image"));
        return sentences;
    }

    private Optional<Owner> baseLabel() throws IOException {
        try {
            return libvirt.askBaseLabel();
        } catch (LibvirtUnavailableException e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("asking libvirt was interrupted");
        }
    }
}
