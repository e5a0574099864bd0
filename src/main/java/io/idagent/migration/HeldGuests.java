package io.idagent.migration;

import io.idagent.migration.MigrationFinding.Kind;
import io.idagent.migration.MigrationFinding.Severity;
import io.idagent.platform.LibvirtGuest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which guests an evacuation leaves where they are, and why. */
public final class HeldGuests {

    /** Findings because of which libvirt refuses, or the guest would be hurt. */
    private static final Set<Kind> HOLD_A_GUEST = Set.of(
            Kind.NAME_TAKEN,
            Kind.MANAGED_ELSEWHERE,
            Kind.GUEST_PAUSED,
            Kind.NOT_SHARED,
            Kind.SNAPSHOTS_LOST,
            Kind.SNAPSHOTS_KEPT,
            Kind.IMAGE_UNREACHABLE,
            Kind.DIRECTORY_CLOSED,
            Kind.MEMORY_LACKING,
            Kind.NETWORK_LACKING,
            Kind.GRAPHICS_ADDRESS,
            Kind.HOST_DEVICE,
            Kind.CPU_LACKING);

    private static final Set<Kind> HOLD_ALL = Set.of(
            Kind.OTHER_SIDE_NOT_SEEN, Kind.SAME_HOST, Kind.MANAGED_ELSEWHERE, Kind.HOST_NAME, Kind.ETC_LIBVIRT_SHARED);

    private static final String UNDER_A_NAME = "its <seclabel> names an account, which may have another number on the"
            + " other side; write the numbers there: +UID:+GID (virsh edit)";

    private HeldGuests() {}

    /**
     * What a person takes upon himself.
     *
     * @param unsafe that storage which libvirt does not know as shared is shared
     * @param managed that no cluster manager starts a guest which it does not find
     */
    public record Despite(boolean unsafe, boolean managed) {}

    /** Why guests cannot move, by their names; what holds all of them is there for each. */
    public static Map<String, String> of(List<LibvirtGuest> guests, List<MigrationFinding> findings, Despite despite) {
        Map<String, String> held = new LinkedHashMap<>();
        guests.stream().filter(RunsAs::isAName).forEach(guest -> held.put(guest.name(), UNDER_A_NAME));
        for (MigrationFinding finding : findings) {
            if (finding.severity() != Severity.ERROR) {
                continue;
            }
            boolean overridden = despite.unsafe() && isSeenByBoth(finding)
                    || despite.managed() && finding.kind() == Kind.MANAGED_ELSEWHERE;
            if (finding.domain().isPresent() && HOLD_A_GUEST.contains(finding.kind()) && !overridden) {
                String why = finding.sentence()
                        + (isSeenByBoth(finding) ? " (--unsafe, if it really is one file system for both)" : "");
                held.merge(finding.domain().get(), why, (one, other) -> one + "; " + other);
            } else if (finding.domain().isEmpty() && HOLD_ALL.contains(finding.kind()) && !overridden) {
                guests.forEach(
                        guest -> held.merge(guest.name(), finding.sentence(), (one, other) -> one + "; " + other));
            }
        }
        return held;
    }

    /** "--unsafe" in what mends it means that both see the same file. */
    private static boolean isSeenByBoth(MigrationFinding finding) {
        return finding.kind() == Kind.NOT_SHARED && finding.mend().contains("--unsafe");
    }
}
