package io.idagent.agent;

import io.idagent.assessment.Assessment;
import io.idagent.assessment.Blocker;
import io.idagent.conversion.ConversionHistory;
import io.idagent.conversion.ConversionOutcome;
import io.idagent.conversion.Conversions;
import io.idagent.host.AccountFacts;
import io.idagent.host.Fact;
import io.idagent.host.Guest;
import io.idagent.host.HostSnapshot;
import io.idagent.host.ProcessesInTheWay;
import io.idagent.ownership.MountTally;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.Tally;
import io.idagent.platform.Gid;
import io.idagent.platform.GroupEntry;
import io.idagent.platform.LibvirtReport;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import io.idagent.platform.UserEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@code status} says, as the JSON document that the README describes. */
public record StatusDocument(
        int format,
        Instant observedAt,
        String state,
        String sentence,
        String readiness,
        List<AccountDocument> accounts,
        Optional<Owner> baseLabel,
        Optional<List<GuestDocument>> guests,
        List<Obstacle> blockers,
        List<Remark> findings,
        Optional<FilesDocument> files,
        List<HeldBy> daemonHeldBy,
        List<String> notSeen,
        Optional<LastConversion> lastConversion,
        Optional<GrantsDocument> grants) {

    /** Grows when a field changes its meaning or goes; new fields may come at any time. */
    public static final int FORMAT = 1;

    public record AccountDocument(
            String user, Optional<Uid> uid, Uid targetUid, String group, Optional<Gid> gid, Gid targetGid) {}

    public record GuestDocument(String name, Optional<Integer> pid, Optional<Uid> uid) {}

    public record Obstacle(String kind, String sentence, String advice) {}

    public record Remark(String kind, String sentence, String advice) {}

    public record FilesDocument(
            long lookedAt,
            Tally leftovers,
            Tally adoptableOrphans,
            Tally otherOrphans,
            Tally acls,
            Tally ownerRecords,
            List<MountTally> sharedStorage,
            long errors) {

        public long toChange() {
            return leftovers.files() + adoptableOrphans.files() + acls.files() + ownerRecords.files();
        }

        FilesDocument withoutPaths() {
            return new FilesDocument(
                    lookedAt,
                    withoutPaths(leftovers),
                    withoutPaths(adoptableOrphans),
                    withoutPaths(otherOrphans),
                    withoutPaths(acls),
                    withoutPaths(ownerRecords),
                    List.of(),
                    errors);
        }

        private static Tally withoutPaths(Tally tally) {
            return new Tally(tally.files(), tally.bytes(), List.of());
        }
    }

    public record LastConversion(String id, String kind, Instant at, Optional<ConversionOutcome> outcome) {

        LastConversion withoutOutcomeTexts() {
            return new LastConversion(id, kind, at, outcome.map(ConversionOutcome::withoutTexts));
        }
    }

    public record HeldBy(String kind, String sentence) {}

    /**
     * @param last the last conversion, as far as it is known
     * @param historyUnknown why past conversions are not known; empty if they are
     * @param holds what keeps the daemon from acting by itself
     */
    public static StatusDocument of(
            Assessment assessment, Optional<LastConversion> last, Optional<String> historyUnknown, List<Hold> holds) {
        HostSnapshot host = assessment.host();
        return new StatusDocument(
                FORMAT,
                host.observedAt(),
                assessment.state().name(),
                assessment.sentence(),
                assessment.readiness().name(),
                host.accounts().stream().map(StatusDocument::account).toList(),
                Fact.valueOf(host.libvirt().report()).flatMap(r -> r).flatMap(LibvirtReport::baseLabel),
                Fact.valueOf(host.processes()).map(StatusDocument::guests),
                assessment.blockers().stream().map(StatusDocument::obstacle).toList(),
                assessment.findings().stream()
                        .map(finding -> new Remark(finding.kind().name(), finding.sentence(), finding.advice()))
                        .toList(),
                Fact.valueOf(host.files()).map(StatusDocument::files),
                holds.stream()
                        .map(hold -> new HeldBy(hold.kind().name(), hold.sentence()))
                        .toList(),
                notSeen(host, historyUnknown),
                last,
                Optional.empty());
    }

    /** The same, with what is known about access given to other hosts; empty: that could not be seen. */
    public StatusDocument withGrants(Optional<GrantsDocument> known) {
        return new StatusDocument(
                format,
                observedAt,
                state,
                sentence,
                readiness,
                accounts,
                baseLabel,
                guests,
                blockers,
                findings,
                files,
                daemonHeldBy,
                notSeen,
                lastConversion,
                known);
    }

    /** States, numbers and counts; no name of a guest, no path, no sentence that holds one. */
    public StatusDocument withoutDetails() {
        return new StatusDocument(
                format,
                observedAt,
                state,
                sentence,
                readiness,
                accounts,
                baseLabel,
                guests.map(list -> list.stream()
                        .map(guest -> new GuestDocument("", Optional.empty(), guest.uid()))
                        .toList()),
                blockers.stream().map(b -> new Obstacle(b.kind(), "", "")).toList(),
                findings.stream().map(f -> new Remark(f.kind(), "", "")).toList(),
                files.map(FilesDocument::withoutPaths),
                daemonHeldBy.stream().map(hold -> new HeldBy(hold.kind(), "")).toList(),
                List.of(),
                lastConversion.map(LastConversion::withoutOutcomeTexts),
                grants);
    }

    private static AccountDocument account(AccountFacts facts) {
        return new AccountDocument(
                facts.account().user(),
                facts.user().orElse(Optional.empty()).map(UserEntry::uid),
                facts.account().uid(),
                facts.account().group(),
                facts.group().orElse(Optional.empty()).map(GroupEntry::gid),
                facts.account().gid());
    }

    private static List<GuestDocument> guests(ProcessesInTheWay processes) {
        return processes.guests().stream().map(StatusDocument::guest).toList();
    }

    private static GuestDocument guest(Guest guest) {
        return new GuestDocument(guest.name(), guest.pid(), guest.runsAs());
    }

    private static Obstacle obstacle(Blocker blocker) {
        return new Obstacle(blocker.kind(), blocker.sentence(), blocker.advice());
    }

    private static FilesDocument files(ScanResult scan) {
        return new FilesDocument(
                scan.entries(),
                scan.formerIds(),
                scan.adoptableOrphans(),
                scan.otherOrphans(),
                scan.acls(),
                scan.ownerRecords(),
                scan.sharedStorage(),
                scan.errorCount());
    }

    public static Optional<LastConversion> last(Fact<ConversionHistory> history) {
        return Fact.valueOf(history).flatMap(ConversionHistory::last).map(StatusDocument::last);
    }

    private static LastConversion last(Conversions.Record record) {
        return new LastConversion(
                record.id(), record.plan().kind().name().toLowerCase(Locale.ROOT), record.openedAt(), record.outcome());
    }

    private static List<String> notSeen(HostSnapshot host, Optional<String> historyUnknown) {
        List<String> reasons = new ArrayList<>();
        List<Fact<?>> facts = new ArrayList<>(List.of(
                host.failingNameServices(),
                host.libvirt().units(),
                host.libvirt().report(),
                host.libvirt().qemuConf(),
                host.processes(),
                host.unstartable(),
                host.former(),
                host.readOnly(),
                host.passwdLock()));
        if (host.scope().isPresent()) {
            facts.add(host.files());
        }
        host.accounts().forEach(account -> facts.addAll(List.of(account.user(), account.group())));
        facts.forEach(
                fact -> fact.whyUnknown().filter(why -> !reasons.contains(why)).ifPresent(reasons::add));
        historyUnknown.ifPresent(reasons::add);
        return reasons;
    }
}
