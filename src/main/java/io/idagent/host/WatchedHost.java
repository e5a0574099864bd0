package io.idagent.host;

import io.idagent.platform.LabelSource;
import io.idagent.platform.LibvirtReport;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.Names;
import io.idagent.platform.Owner;
import io.idagent.platform.ProcessTable;
import io.idagent.platform.ProcessesHiddenException;
import io.idagent.platform.RunningProcess;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import io.idagent.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The host as it is watched: by an ordinary user, every half minute, for next to nothing. What is slow or closed comes
 * from the last scan; names, processes and libvirt's label are looked at each time.
 *
 * <p>libvirt is asked once for each process of its daemon, whose numbers cannot change while it runs, and never when it
 * sleeps: every question would wake it, and keep it awake for ever.
 */
public final class WatchedHost implements HostInspector {

    /** One process of libvirt's daemon, for all time. */
    private record DaemonProcess(int pid, long startTime) {}

    private static final Duration BEFORE_ASKING = Duration.ofMillis(500);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(15);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final Settings settings;
    private final Names names;
    private final Names localFiles;
    private final TakenIds takenIds;
    private final ProcessTable processes;
    private final LabelSource libvirt;
    private final Supplier<ScanFindings> scan;
    private final LongSupplier nanoTime;

    private Set<DaemonProcess> asked = Set.of();
    private Set<DaemonProcess> silent = Set.of();
    private String silence = "";
    private Duration pause = Duration.ZERO;
    private long silentAt;
    private Optional<Owner> label = Optional.empty();

    public WatchedHost(
            Settings settings,
            Names names,
            Names localFiles,
            TakenIds takenIds,
            ProcessTable processes,
            LabelSource libvirt,
            Supplier<ScanFindings> scan,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.names = names;
        this.localFiles = localFiles;
        this.takenIds = takenIds;
        this.processes = processes;
        this.libvirt = libvirt;
        this.scan = scan;
        this.nanoTime = nanoTime;
    }

    @Override
    public HostSnapshot inspect(Depth depth) throws InterruptedException {
        ScanFindings findings = scan.get();
        List<AccountFacts> accounts = AccountFacts.present(settings.accounts().stream()
                .map(account -> AccountFacts.of(account, names, localFiles, takenIds))
                .toList());
        Fact<List<RunningProcess>> running = running();
        Fact<Optional<LibvirtReport>> report = report(running.orElse(List.of()));
        return new HostSnapshot(
                Instant.now(),
                false,
                accounts,
                failingNameServices(findings),
                new LibvirtFacts(findings.units(), report, findings.qemuConf()),
                running.isKnown()
                        ? look(running.orElse(List.of()), accounts, findings)
                        : Fact.unknown(running.whyUnknown().orElse("")),
                findings.unstartable(),
                findings.former(),
                findings.reserved(),
                findings.scope(),
                findings.files(),
                findings.readOnly(),
                // Nobody but root can try it, and it is root who will need it.
                Fact.known(Optional.empty()));
    }

    /** One that failed at the last scan may have come back; one that has failed since is found by who has the numbers. */
    private Fact<List<String>> failingNameServices(ScanFindings findings) {
        if (findings.failingNameServices().orElse(List.of()).isEmpty()) {
            return findings.failingNameServices();
        }
        Account first = settings.accounts().get(0);
        return NameQuestion.ask(() -> names.failingServices(first.uid(), first.gid()));
    }

    private Fact<List<RunningProcess>> running() {
        try {
            return Fact.known(processes.read());
        } catch (ProcessesHiddenException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    private Fact<Optional<LibvirtReport>> report(List<RunningProcess> running) throws InterruptedException {
        Set<DaemonProcess> daemons = daemons(running);
        if (isSilent(daemons)) {
            return Fact.unknown(silence);
        }
        if (!daemons.equals(asked)) {
            // A child of libvirtd is one itself for a moment, until it becomes a qemu or a dnsmasq.
            Thread.sleep(BEFORE_ASKING.toMillis());
            try {
                daemons.retainAll(daemons(processes.read()));
            } catch (ProcessesHiddenException e) {
                return Fact.unknown(e.getMessage());
            }
        }
        if (daemons.isEmpty()) {
            // No process, nothing cached: whoever starts it next makes it read the numbers anew.
            asked = Set.of();
            silent = Set.of();
            return Fact.known(Optional.empty());
        }
        if (!daemons.equals(asked)) {
            try {
                label = libvirt.askBaseLabel();
                asked = daemons;
                silent = Set.of();
            } catch (LibvirtUnavailableException e) {
                noteSilence(daemons, e.getMessage());
                return Fact.unknown(silence);
            }
        }
        return Fact.known(Optional.of(new LibvirtReport(label, List.of(), List.of())));
    }

    private boolean isSilent(Set<DaemonProcess> daemons) {
        return !daemons.isEmpty() && daemons.equals(silent) && nanoTime.getAsLong() - silentAt < pause.toNanos();
    }

    /** Only root's: each user may have a libvirt for a session of his own, which starts no guest as the account. */
    private Set<DaemonProcess> daemons(List<RunningProcess> running) {
        return running.stream()
                .filter(process -> process.isLibvirtDaemon()
                        && process.status().effectiveUid().equals(Uid.ROOT))
                .flatMap(process -> identity(process).stream())
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** A libvirt that lets nobody ask will do so tomorrow, and each question costs half a second. */
    private void noteSilence(Set<DaemonProcess> daemons, String why) {
        Duration next = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
        pause = !daemons.equals(silent) ? FIRST_PAUSE : next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
        silent = daemons;
        silence = why;
        silentAt = nanoTime.getAsLong();
    }

    private Optional<DaemonProcess> identity(RunningProcess daemon) {
        OptionalLong start = processes.startTime(daemon.pid());
        return start.isPresent() ? Optional.of(new DaemonProcess(daemon.pid(), start.getAsLong())) : Optional.empty();
    }

    private Fact<ProcessesInTheWay> look(List<RunningProcess> first, List<AccountFacts> accounts, ScanFindings findings)
            throws InterruptedException {
        List<List<RunningProcess>> firstLook = new ArrayList<>(List.of(first));
        GuestFinder finder = new GuestFinder(
                () -> firstLook.isEmpty() ? processes.read() : firstLook.remove(0),
                processes::openFiles,
                time -> Thread.sleep(time.toMillis()));
        return finder.look(
                        AccountIds.watched(
                                accounts,
                                findings.former().orElse(FormerIds.NONE),
                                AccountIds.cached(label, accounts, names)),
                        AccountIds.targets(settings.accounts()),
                        List.of(),
                        findings.scope().map(FileScope::rootPaths).orElse(List.of()))
                .map(found -> found.without(new UnitsOfProcesses(settings.accountUnits())));
    }
}
