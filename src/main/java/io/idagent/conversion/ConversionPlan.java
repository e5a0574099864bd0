package io.idagent.conversion;

import io.idagent.host.AccountChange;
import io.idagent.host.FileScope;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What will be done, decided before anything is done. It is written into the journal whole, so that whoever finishes a
 * conversion that was cut off does what was decided then, and decides nothing anew.
 *
 * @param offline the system below {@code --root} is edited: it has no services and no guests
 * @param proveBaseLabel which halves of libvirt's base label must show the new ids at the end
 * @param rollsBack the conversion that is taken back
 * @param reservations what becomes of the numbers that are left
 */
public record ConversionPlan(
        ConversionKind kind,
        boolean offline,
        FileScope files,
        LibvirtUnits libvirt,
        LabelHalves proveBaseLabel,
        Optional<String> rollsBack,
        Reservations reservations) {

    public ConversionPlan {
        // A journal of an earlier version does not have them.
        reservations = reservations == null ? Reservations.NONE : reservations;
    }

    /** qemu.conf decides user and group one by one; only what is the account's is compared. */
    public record LabelHalves(boolean uid, boolean gid) {
        public static final LabelHalves NONE = new LabelHalves(false, false);
    }

    /**
     * The same for the system at hand. Whether that runs is seen, and never believed to a journal, which may have come with
     * a disk from elsewhere: the units that it names are those of another system.
     */
    ConversionPlan on(boolean systemIsOffline) {
        return systemIsOffline == offline
                ? this
                : new ConversionPlan(
                        kind, systemIsOffline, files, LibvirtUnits.NONE, LabelHalves.NONE, rollsBack, reservations);
    }

    public List<AccountChange> changes() {
        return files.changes();
    }

    /** "libvirt-qemu 109:114 -> 64055:64055", and the same of others that get new numbers. */
    public String changesInWords() {
        return changes().stream()
                .filter(change -> !change.changesNothing())
                .map(change -> change.user() + " " + change.from() + " -> " + change.to())
                .collect(Collectors.joining(", "));
    }

    public List<Step> steps() {
        return kind.steps().stream()
                .filter(step -> !offline || isForOffline(step))
                .toList();
    }

    private static boolean isForOffline(Step step) {
        return switch (step) {
            case INVENTORY, CHANGE_IDS, CHANGE_OWNERS, PROVE -> true;
            case CLOSE_LIBVIRT, LOOK_AGAIN, HOLD_NUMBERS, OPEN_LIBVIRT -> false;
        };
    }
}
