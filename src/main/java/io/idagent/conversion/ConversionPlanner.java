package io.idagent.conversion;

import io.idagent.assessment.Assessment;
import io.idagent.conversion.ConversionPlan.LabelHalves;
import io.idagent.host.AccountChange;
import io.idagent.host.FileScope;
import io.idagent.host.HostSnapshot;
import io.idagent.host.ReservedId;
import io.idagent.platform.QemuConf;
import io.idagent.platform.Unit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Makes of an assessment what is to be done about it. A pure function. */
public final class ConversionPlanner {

    private final boolean reservesFormerIds;

    /** @param reservesFormerIds former numbers that files still carry are to be kept from being given to others */
    public ConversionPlanner(boolean reservesFormerIds) {
        this.reservesFormerIds = reservesFormerIds;
    }

    /** @return empty if there is nothing to do, or nothing may be done */
    public Optional<ConversionPlan> plan(Assessment assessment, List<String> activeDependents) {
        Optional<ConversionKind> kind =
                switch (assessment.state()) {
                    case CONVERTIBLE, FAILED -> Optional.of(ConversionKind.CONVERT);
                    case LEFTOVERS -> Optional.of(ConversionKind.RE_OWN);
                    case RESTART_NEEDED -> Optional.of(ConversionKind.RESTART_LIBVIRT);
                    // An open journal is recovered, not planned anew.
                    case NOT_APPLICABLE, NORMALIZED, BLOCKED, CONVERTING, INTERRUPTED -> Optional.empty();
                };
        return kind.filter(k -> assessment.blockers().isEmpty())
                .flatMap(k -> plan(k, assessment, activeDependents, Optional.empty()));
    }

    /**
     * The way back. The assessment was made with the former numbers as targets: the same rules forbid it.
     *
     * @param conversion the one to take back
     */
    public Optional<ConversionPlan> planRollback(
            Assessment assessment, List<String> activeDependents, String conversion) {
        return switch (assessment.state()) {
            case CONVERTIBLE, FAILED ->
                plan(ConversionKind.ROLL_BACK, assessment, activeDependents, Optional.of(conversion));
            default -> Optional.empty();
        };
    }

    private Optional<ConversionPlan> plan(
            ConversionKind kind, Assessment assessment, List<String> dependents, Optional<String> rollsBack) {
        HostSnapshot host = assessment.host();
        return host.scope()
                .map(scope -> new ConversionPlan(
                        kind,
                        host.offline(),
                        kind == ConversionKind.ROLL_BACK ? withoutGuesses(scope) : scope,
                        units(host.libvirt().units().orElse(List.of()), dependents),
                        labelHalves(host, scope),
                        rollsBack,
                        reservations(kind, host)));
    }

    private Reservations reservations(ConversionKind kind, HostSnapshot host) {
        List<ReservedId> now = host.reserved().orElse(List.of());
        return new Reservations(
                reservesFormerIds && kind.reservesFormerIds(),
                now.stream().flatMap(id -> id.uid().stream()).collect(Collectors.toSet()),
                now.stream().flatMap(id -> id.gid().stream()).collect(Collectors.toSet()));
    }

    /** Back goes what the manifest names, and what has the account's number now; nothing is adopted on the way. */
    private static FileScope withoutGuesses(FileScope scope) {
        return new FileScope(
                scope.changes(),
                scope.roots(),
                scope.exclusions(),
                Set.of(),
                Set.of(),
                Optional.empty(),
                scope.sharedStorage(),
                List.of(),
                scope.mayBeAbsent(),
                scope.unseen());
    }

    static LibvirtUnits units(List<Unit> units, List<String> dependents) {
        boolean socketListens = units.stream().anyMatch(unit -> unit.isSocket() && unit.active());
        return new LibvirtUnits(
                units.stream().map(Unit::name).toList(),
                units.stream()
                        .filter(unit -> unit.active() || (socketListens && sleepsBehindItsSocket(unit, units)))
                        .map(Unit::name)
                        .toList(),
                dependents);
    }

    /** libvirtd ends after two idle minutes, and is started again by the socket of its name. */
    private static boolean sleepsBehindItsSocket(Unit service, List<Unit> units) {
        String socket = service.name().replaceFirst("\\.service$", ".socket");
        return !service.isSocket() && units.contains(new Unit(socket, true));
    }

    private static LabelHalves labelHalves(HostSnapshot host, FileScope scope) {
        if (!host.libvirt().isInstalled() || scope.changes().isEmpty()) {
            return LabelHalves.NONE;
        }
        AccountChange account = scope.changes().get(0);
        QemuConf conf = host.libvirt().qemuConf().orElse(QemuConf.DEBIAN_DEFAULTS);
        return new LabelHalves(conf.user().equals(account.user()), conf.group().equals(account.group()));
    }
}
