package io.idagent.assessment;

import io.idagent.host.AccountChange;
import io.idagent.host.AccountFacts;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostSnapshot;
import io.idagent.host.ProcessesInTheWay;
import io.idagent.host.ReservedId;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.Tally;
import io.idagent.platform.LibvirtReport;
import io.idagent.platform.Owner;
import io.idagent.platform.QemuConf;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Draws the conclusion from what is known about a host. A pure function: it asks nobody, and changes nothing. */
public final class Assessor {

    private final boolean acceptUnstartable;

    /** @param acceptUnstartable somebody has decided that guests which would not start afterwards do not matter */
    public Assessor(boolean acceptUnstartable) {
        this.acceptUnstartable = acceptUnstartable;
    }

    public Assessment assess(HostSnapshot host, ConversionFact conversion) {
        List<Finding> findings = Findings.of(host, conversion);
        if (conversion instanceof ConversionFact.Running) {
            return new Assessment(
                    State.CONVERTING,
                    "a conversion is running",
                    Readiness.NOT_READY,
                    List.of(new Blocker.ConversionRunning()),
                    findings,
                    host);
        }
        if (conversion instanceof ConversionFact.Interrupted interrupted) {
            return new Assessment(
                    State.INTERRUPTED,
                    "the conversion " + interrupted.id() + " was cut off; libvirt-id-agent --recover finishes it",
                    Readiness.NOT_READY,
                    Blockers.forRecovery(host),
                    findings,
                    host);
        }
        if (host.accounts().stream().allMatch(AccountFacts::isAbsent)) {
            return new Assessment(
                    State.NOT_APPLICABLE,
                    "there is no user and no group "
                            + host.accounts().get(0).account().user() + " here",
                    Readiness.READY,
                    List.of(),
                    findings,
                    host);
        }
        List<AccountChange> changes = host.accounts().stream()
                .flatMap(facts -> facts.change().stream())
                .toList();
        boolean allThere = changes.size() == host.accounts().size();
        return allThere && changes.stream().allMatch(AccountChange::changesNothing)
                ? withRightIds(host, conversion, findings)
                : withWrongIds(host, conversion, changes, findings);
    }

    private Assessment withRightIds(HostSnapshot host, ConversionFact conversion, List<Finding> findings) {
        AccountChange account = host.accounts().get(0).change().orElseThrow();
        Optional<Owner> otherLabel = baseLabel(host).filter(label -> !label.equals(account.to()));
        Optional<QemuConf> conf = Fact.valueOf(host.libvirt().qemuConf());
        if (otherLabel.isPresent() && conf.isPresent() && isStale(otherLabel.get(), account, conf.get())) {
            return new Assessment(
                    State.RESTART_NEEDED,
                    "the account has " + account.to() + ", but libvirt would still start guests as " + otherLabel.get(),
                    Readiness.NOT_READY,
                    Blockers.forRestart(host, conversion),
                    findings,
                    host);
        }
        boolean labelInDoubt = otherLabel.isPresent() && conf.isEmpty();
        Readiness readiness = readiness(host, labelInDoubt);
        String doubt = labelInDoubt
                ? "; libvirt starts guests as " + otherLabel.get() + ", and whether it should could not be seen"
                : "";
        Optional<ScanResult> files = Fact.valueOf(host.files());
        long left = files.map(ScanResult::toChange).orElse(0L);
        if (left > 0) {
            return new Assessment(
                    State.LEFTOVERS,
                    "ids are right, " + Tally.inWords(left) + " with former ones" + doubt,
                    readiness,
                    Blockers.forReOwning(host, conversion),
                    findings,
                    host);
        }
        Optional<ReservedId> free = host.reserved().orElse(List.of()).stream()
                .filter(id -> id.whyKept().isEmpty())
                .findFirst();
        if (free.isPresent()) {
            return new Assessment(
                    State.LEFTOVERS,
                    "ids are right, and " + free.get().number() + " can be given back: no file carries it, but "
                            + free.get().name() + " still reserves it" + doubt,
                    readiness,
                    Blockers.forReOwning(host, conversion),
                    findings,
                    host);
        }
        String unseen = files.isEmpty() ? ", files were not looked at" : "";
        String guests = readiness == Readiness.NOT_READY ? ", but guests still run under former ids" : "";
        return new Assessment(
                State.NORMALIZED, "ids are right" + unseen + guests + doubt, readiness, List.of(), findings, host);
    }

    /** Guests that still run under former ids cannot be received by a host whose numbers are right, nor sent there. */
    private static Readiness readiness(HostSnapshot host, boolean labelInDoubt) {
        if (labelInDoubt
                || !host.libvirt().report().isKnown()
                || !host.processes().isKnown()) {
            return Readiness.UNKNOWN;
        }
        return host.processes().orElse(ProcessesInTheWay.NONE).guests().stream()
                        .anyMatch(guest -> Blockers.runsUnderFormerIds(guest, host))
                ? Readiness.NOT_READY
                : Readiness.READY;
    }

    private Assessment withWrongIds(
            HostSnapshot host, ConversionFact conversion, List<AccountChange> changes, List<Finding> findings) {
        List<Blocker> blockers = Blockers.forConversion(host, conversion, acceptUnstartable);
        String ids = changes.stream()
                .filter(change -> !change.changesNothing())
                .map(change -> change.user() + " has " + change.from() + " instead of " + change.to())
                .collect(Collectors.joining(", "));
        String wrong = ids.isEmpty() ? "the account is not whole or cannot be seen" : ids;
        Readiness readiness = changes.isEmpty() ? Readiness.UNKNOWN : Readiness.NOT_READY;
        if (!blockers.isEmpty()) {
            return new Assessment(
                    State.BLOCKED, wrong + ", and it cannot be changed now", readiness, blockers, findings, host);
        }
        if (conversion instanceof ConversionFact.Failed failed) {
            return new Assessment(
                    State.FAILED,
                    wrong + "; the last attempt (" + failed.id() + ") failed",
                    readiness,
                    blockers,
                    findings,
                    host);
        }
        return new Assessment(
                State.CONVERTIBLE, wrong + "; nothing forbids to change it", readiness, blockers, findings, host);
    }

    /** The owner under which libvirt would start a guest now. */
    private static Optional<Owner> baseLabel(HostSnapshot host) {
        return Fact.valueOf(host.libvirt().report()).flatMap(report -> report).flatMap(LibvirtReport::baseLabel);
    }

    /** Only as far as qemu runs as the account: qemu.conf names user and group one by one. */
    private static boolean isStale(Owner label, AccountChange account, QemuConf conf) {
        boolean wrongUid = conf.user().equals(account.user()) && !label.uid().equals(account.uidTo());
        boolean wrongGid = conf.group().equals(account.group()) && !label.gid().equals(account.gidTo());
        return wrongUid || wrongGid;
    }
}
