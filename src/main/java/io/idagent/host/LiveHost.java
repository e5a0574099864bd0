package io.idagent.host;

import io.idagent.ownership.Adoption;
import io.idagent.ownership.OwnershipScanner;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Gid;
import io.idagent.platform.Libvirt;
import io.idagent.platform.LibvirtReport;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.QemuConf;
import io.idagent.platform.ServiceException;
import io.idagent.platform.Services;
import io.idagent.platform.Uid;
import io.idagent.platform.Unit;
import io.idagent.settings.Account;
import io.idagent.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The host that this program runs on, each fact from its real source. */
public final class LiveHost implements HostInspector {

    private static final Path QEMU_CONF = Path.of("/etc/libvirt/qemu.conf");

    /**
     * What is asked.
     *
     * @param names beside the numbers that are reserved
     * @param localFiles /etc/passwd and /etc/group themselves
     */
    public record Sources(
            Names names,
            Names localFiles,
            ReservedIds reserved,
            TakenIds takenIds,
            Services services,
            Libvirt libvirt,
            GuestFinder guests,
            OwnershipScanner scanner,
            TreeBase base,
            boolean root) {}

    private final Settings settings;
    private final KnownFormerIds remembered;
    private final Sources sources;
    private final Duration passwdLockWait;

    /**
     * The numbers that accounts had before, as settings and journals tell.
     *
     * @param ofOthers which of them were those of another account than the first
     */
    public record KnownFormerIds(Set<Uid> uids, Set<Gid> gids, List<FormerOf> ofOthers) {
        public KnownFormerIds {
            uids = Set.copyOf(uids);
            gids = Set.copyOf(gids);
            ofOthers = List.copyOf(ofOthers);
        }
    }

    /** @param passwdLockWait how long a locked passwd file is waited for, before it is called locked */
    public LiveHost(Settings settings, KnownFormerIds remembered, Sources sources, Duration passwdLockWait) {
        this.settings = settings;
        this.remembered = remembered;
        this.sources = sources;
        this.passwdLockWait = passwdLockWait;
    }

    @Override
    public HostSnapshot inspect(Depth depth) throws InterruptedException {
        List<AccountFacts> accounts = AccountFacts.present(settings.accounts().stream()
                .map(account -> AccountFacts.of(account, sources.names(), sources.localFiles(), sources.takenIds()))
                .toList());
        LibvirtFacts libvirt = libvirt();
        Optional<LibvirtReport> report = libvirt.report().orElse(Optional.empty());
        Fact<FormerIds> former = former(accounts, report, WatchedIds.NONE);
        Optional<FileScope> scope = scope(accounts, former, report);
        Fact<ProcessesInTheWay> processes = processes(accounts, former, report, scope);
        WatchedIds kept = keptByGuests(processes, scope);
        if (!kept.isEmpty()) {
            former = former(accounts, report, kept);
            scope = scope(accounts, former, report);
            processes = processes(accounts, former, report, scope);
        }
        Fact<ScanResult> files =
                depth == Depth.WITHOUT_FILES ? Fact.unknown("the roots were not searched") : files(scope);
        return new HostSnapshot(
                Instant.now(),
                false,
                accounts,
                failingNameServices(),
                libvirt,
                processes,
                new GuestsAfterwards(settings.timeouts().libvirt(), sources.root()).look(accounts, scope, libvirt),
                former,
                reserved(scope, files, depth),
                scope,
                files,
                WritablePlaces.readOnlyAmong(settings),
                passwdLock());
    }

    private Optional<FileScope> scope(
            List<AccountFacts> accounts, Fact<FormerIds> former, Optional<LibvirtReport> report) {
        return FileScopes.of(
                settings,
                accounts,
                former.orElse(FormerIds.NONE),
                sources.reserved().withNamesOf(remembered.ofOthers()),
                report,
                sources.base());
    }

    private Fact<ProcessesInTheWay> processes(
            List<AccountFacts> accounts,
            Fact<FormerIds> former,
            Optional<LibvirtReport> report,
            Optional<FileScope> scope)
            throws InterruptedException {
        return sources.guests()
                .look(
                        AccountIds.watched(accounts, former.orElse(FormerIds.NONE), cached(accounts, report)),
                        AccountIds.targets(settings.accounts()),
                        report.map(LibvirtReport::domains).orElse(List.of()),
                        scope.map(FileScope::rootPaths).orElse(List.of()))
                .map(found -> found.without(new UnitsOfProcesses(settings.accountUnits())));
    }

    private WatchedIds cached(List<AccountFacts> accounts, Optional<LibvirtReport> report) {
        return AccountIds.cached(report.flatMap(LibvirtReport::baseLabel), accounts, sources.names());
    }

    /**
     * Numbers without a name that a guest goes on running under. Names and libvirt may all have new ones, and no journal
     * may tell: somebody has changed them by hand while it ran. Its files must stay its own until it has ended.
     */
    private WatchedIds keptByGuests(Fact<ProcessesInTheWay> processes, Optional<FileScope> scope) {
        Optional<Adoption> adoption = scope.flatMap(FileScope::adoption);
        Set<Uid> uids = new HashSet<>();
        Set<Gid> gids = new HashSet<>();
        for (Guest guest : processes.orElse(ProcessesInTheWay.NONE).guests()) {
            boolean libvirts = guest.activeDomain();
            guest.credentials().uids().stream()
                    .filter(uid ->
                            libvirts || adoption.filter(a -> a.takes(uid)).isPresent())
                    .filter(uid -> isNameless(() -> sources.names().userName(uid)))
                    .forEach(uids::add);
            guest.credentials().gids().stream()
                    .filter(gid ->
                            libvirts || adoption.filter(a -> a.takes(gid)).isPresent())
                    .filter(gid -> isNameless(() -> sources.names().groupName(gid)))
                    .forEach(gids::add);
        }
        return new WatchedIds(uids, gids);
    }

    /** Where a name service fails, whoever takes the number for a former one hears of it. */
    private static boolean isNameless(NameQuestion<Optional<String>> name) {
        return NameQuestion.ask(name).orElse(Optional.empty()).isEmpty();
    }

    private Fact<List<String>> failingNameServices() {
        Account first = settings.accounts().get(0);
        return NameQuestion.ask(() -> sources.names().failingServices(first.uid(), first.gid()));
    }

    private LibvirtFacts libvirt() throws InterruptedException {
        Fact<List<Unit>> units;
        try {
            units = Fact.known(sources.services().libvirtUnits());
        } catch (ServiceException e) {
            units = Fact.unknown(e.getMessage());
        }
        if (units.isKnown() && units.orElse(List.of()).isEmpty()) {
            return LibvirtFacts.NONE;
        }
        Fact<Optional<LibvirtReport>> report = report(units);
        Fact<QemuConf> conf;
        try {
            conf = Fact.known(QemuConf.read(QEMU_CONF));
        } catch (IOException e) {
            conf = Fact.unknown(e.getMessage());
        }
        return new LibvirtFacts(units, report, conf);
    }

    private Fact<Optional<LibvirtReport>> report(Fact<List<Unit>> units) throws InterruptedException {
        try {
            boolean serviceIsUp = units.orElse(List.of()).stream()
                    .anyMatch(unit -> unit.active() && unit.name().matches("(libvirt|virtqemu)d.*\\.service"));
            if (!serviceIsUp && sources.services().libvirtWaitsForUs()) {
                return Fact.unknown("libvirt has not started yet: this comes before it");
            }
            return Fact.known(Optional.of(sources.libvirt().ask()));
        } catch (LibvirtUnavailableException | ServiceException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    /** What libvirt has cached is a former id as well, once the name has another number. */
    private Fact<FormerIds> former(List<AccountFacts> accounts, Optional<LibvirtReport> report, WatchedIds kept) {
        Set<Uid> uids = new HashSet<>(remembered.uids());
        Set<Gid> gids = new HashSet<>(remembered.gids());
        // Of whom no journal may tell any more.
        Fact<WatchedIds> reserved = NameQuestion.ask(() -> sources.reserved().numbers());
        if (reserved.whyUnknown().isPresent()) {
            return Fact.unknown(reserved.whyUnknown().get());
        }
        uids.addAll(reserved.orElse(WatchedIds.NONE).uids());
        gids.addAll(reserved.orElse(WatchedIds.NONE).gids());
        uids.addAll(kept.uids());
        gids.addAll(kept.gids());
        WatchedIds cached = cached(accounts, report);
        uids.addAll(cached.uids());
        gids.addAll(cached.gids());
        Set<String> ownNames = new HashSet<>();
        for (AccountFacts facts : accounts) {
            ownNames.add(facts.account().user());
            ownNames.add(facts.account().group());
            uids.remove(facts.account().uid());
            gids.remove(facts.account().gid());
        }
        // qemu that runs as root leaves files that stay root's.
        uids.remove(Uid.ROOT);
        gids.remove(new Gid(0));
        return NameQuestion.ask(() -> FormerIds.among(uids, gids, ownNames, sources.names()));
    }

    private Fact<List<ReservedId>> reserved(Optional<FileScope> scope, Fact<ScanResult> files, Depth depth) {
        CarriedIds carried = new CarriedIds(scope, files, outsideLook(scope, depth));
        return NameQuestion.ask(() -> sources.reserved().all(carried));
    }

    private CarriedIds.OutsideLook outsideLook(Optional<FileScope> scope, Depth depth) {
        return CarriedIds.outsideLook(depth, () -> sources.scanner()
                .scan(sources.base(), scope.orElseThrow().scanOutside(), hit -> {}, entries -> {}));
    }

    private Fact<ScanResult> files(Optional<FileScope> scope) {
        if (scope.isEmpty()) {
            return Fact.unknown("there is no account to look for");
        }
        try {
            return Fact.known(sources.scanner().scan(sources.base(), scope.get().scan(), hit -> {}, entries -> {}));
        } catch (NameServiceException | IOException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    private Fact<Optional<String>> passwdLock() {
        if (!sources.root()) {
            return Fact.unknown("only root can try the lock");
        }
        return PasswdLockLook.at(Path.of("/etc"), passwdLockWait);
    }
}
