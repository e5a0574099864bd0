package io.idagent.agent;

import io.idagent.assessment.Assessor;
import io.idagent.conversion.ConversionHistory;
import io.idagent.conversion.ConversionTools;
import io.idagent.conversion.Conversions;
import io.idagent.host.ExtraCheck;
import io.idagent.host.Fact;
import io.idagent.host.FormerOf;
import io.idagent.host.GuestFinder;
import io.idagent.host.HostInspector;
import io.idagent.host.LiveHost;
import io.idagent.host.NamesBesideReserved;
import io.idagent.host.OfflineHost;
import io.idagent.host.ReservedIds;
import io.idagent.host.ScanFindings;
import io.idagent.host.TakenIds;
import io.idagent.host.WatchedHost;
import io.idagent.ownership.OwnerChanger;
import io.idagent.ownership.OwnershipScanner;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Commands;
import io.idagent.platform.Gid;
import io.idagent.platform.LabelFromChild;
import io.idagent.platform.LibC;
import io.idagent.platform.Libvirt;
import io.idagent.platform.LocalAccounts;
import io.idagent.platform.MountTable;
import io.idagent.platform.NameService;
import io.idagent.platform.Names;
import io.idagent.platform.ProcessTable;
import io.idagent.platform.Services;
import io.idagent.platform.ShadowTools;
import io.idagent.platform.SystemdServices;
import io.idagent.platform.SysvServices;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import io.idagent.settings.ExtraCheckCommand;
import io.idagent.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Puts the objects of one command together, by hand: a container would cost more time than the command takes. */
public final class Wiring implements AutoCloseable {

    private static final Path SYSTEMD_RUNS = Path.of("/run/systemd/system");
    private static final Path ETC = Path.of("/etc");

    private final Settings settings;
    private final Optional<Path> root;
    private final boolean asRoot;
    /** Of this host it is opened when it is first needed: the daemon looks at no file. */
    private TreeBase base;

    private final Commands commands = new Commands();
    private final ProcessTable processes = new ProcessTable();
    private final ReservedIds reserved;
    /** For the rules, as everywhere: a number that is only reserved is nobody's. */
    private final Names localFiles;

    private final Libvirt libvirt;
    /** One for all who ask: what it has learnt about a directory that is silent saves the others the wait. */
    private NameService nameService;

    /** @param root the directory of a system that is not running; empty: this host */
    public Wiring(Settings settings, Optional<Path> root, boolean asRoot) throws IOException {
        this.settings = settings;
        this.root = root;
        this.asRoot = asRoot;
        if (root.isPresent()) {
            this.base = TreeBase.below(LibC.load(), root.get());
        }
        LocalAccounts files = LocalAccounts.in(root.map(r -> r.resolve("etc")).orElse(ETC));
        this.reserved = new ReservedIds(files, settings.accounts());
        this.localFiles = NamesBesideReserved.ofVisible(files, reserved);
        this.libvirt = new Libvirt(settings.libvirtUri(), settings.timeouts().libvirt());
    }

    public Settings settings() {
        return settings;
    }

    public boolean asRoot() {
        return asRoot;
    }

    public Conversions conversions() {
        Path state = inRoot(settings.stateDirectory());
        return root.isPresent() ? Conversions.offline(state) : new Conversions(state);
    }

    public RunFiles runFiles() {
        return new RunFiles(inRoot(settings.runDirectory()));
    }

    public RequestFile requestFile() {
        return new RequestFile(settings.runDirectory());
    }

    public Path lockFile() {
        return inRoot(settings.runDirectory()).resolve("lock");
    }

    /** What the journals tell; unknown to those who may not read them. */
    public Fact<ConversionHistory> history() {
        if (!asRoot) {
            return Fact.unknown("only root may read the journals in " + settings.stateDirectory());
        }
        return ConversionHistory.read(conversions(), lockFile());
    }

    /** The same for the one who holds the lock. */
    public Fact<ConversionHistory> historyUnderLock() {
        return ConversionHistory.readUnderLock(conversions());
    }

    /**
     * @param accounts with the numbers they are to have; a rollback has others than the settings
     * @param passwdLockWait how long a locked passwd file is waited for
     */
    public HostInspector inspector(
            List<Account> accounts, Optional<ConversionHistory> history, Duration passwdLockWait) {
        Settings asked = settings.withAccounts(accounts);
        Set<Uid> uids = new HashSet<>(settings.formerUids());
        Set<Gid> gids = new HashSet<>(settings.formerGids());
        history.ifPresent(known -> {
            uids.addAll(known.formerUids());
            gids.addAll(known.formerGids());
        });
        for (Account account : accounts) {
            uids.remove(account.uid());
            gids.remove(account.gid());
        }
        List<FormerOf> ofOthers = accounts.stream()
                .skip(1)
                .map(account -> history.map(known -> known.formerOf(account.user()))
                        .orElse(new FormerOf(account.user(), Set.of(), Set.of())))
                .toList();
        LiveHost.KnownFormerIds remembered = new LiveHost.KnownFormerIds(uids, gids, ofOthers);
        if (root.isPresent()) {
            return new OfflineHost(asked, remembered, localFiles, reserved, scanner(localFiles), base());
        }
        Names names = names();
        return new LiveHost(
                asked,
                remembered,
                new LiveHost.Sources(
                        names,
                        localFiles,
                        reserved,
                        new TakenIds(
                                names,
                                check(settings.extraUidCheck(), "{uid}"),
                                check(settings.extraGidCheck(), "{gid}")),
                        services(),
                        libvirt,
                        new GuestFinder(processes),
                        scanner(names),
                        base(),
                        asRoot),
                passwdLockWait);
    }

    /** The host as the daemon watches it: cheap, and without any right. */
    public HostInspector watchedHost(Supplier<ScanFindings> scan) throws IOException {
        Names names = NamesBesideReserved.ofVisible(nameService(), reserved);
        return new WatchedHost(
                settings,
                names,
                localFiles,
                // The administrator's own checks may be slow, and need root: the converter makes them.
                new TakenIds(names, Optional.empty(), Optional.empty()),
                ProcessTable.thatRemembers(),
                new LabelFromChild(
                        commands,
                        LabelFromChild.thisProgram(),
                        settings.libvirtUri(),
                        settings.timeouts().libvirt()),
                scan,
                System::nanoTime);
    }

    public Libvirt libvirt() {
        return libvirt;
    }

    /** For commands about migration. */
    public MigrationWiring migration() {
        return new MigrationWiring(settings, inRoot(settings.stateDirectory()), commands, this::base, this::names);
    }

    /** Root reads the journal; for others root leaves word in the run directory. */
    public Optional<GrantsDocument> grantsOut() {
        if (!asRoot) {
            return runFiles().grants();
        }
        try {
            return Optional.of(
                    GrantsDocument.of(List.copyOf(migration().grants().all().values())));
        } catch (IOException notSeen) {
            return Optional.empty();
        }
    }

    public Assessor assessor(boolean acceptUnstartable) {
        return new Assessor(acceptUnstartable);
    }

    public ConversionTools conversionTools() {
        Names names = names();
        return new ConversionTools(
                conversions(),
                settings.timeouts(),
                commands,
                services(),
                new ShadowTools(commands, settings.timeouts().command(), root),
                names,
                localFiles,
                reserved,
                new GuestFinder(processes),
                libvirt,
                scanner(names),
                new OwnerChanger(LibC.load(), MountTable::ofThisProcess, settings.sharedStorage()),
                base());
    }

    public Services services() {
        Duration limit = settings.timeouts().command();
        return Files.isDirectory(SYSTEMD_RUNS)
                ? new SystemdServices(
                        commands, limit, settings.runDirectory().resolve("converting"), settings.accountUnits())
                : new SysvServices(commands, limit);
    }

    public OwnershipScanner scanner() {
        return scanner(names());
    }

    private Names names() {
        return root.isPresent() ? localFiles : NamesBesideReserved.of(nameService(), reserved);
    }

    public synchronized TreeBase base() {
        if (base == null) {
            try {
                base = TreeBase.host(LibC.load());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return base;
    }

    private synchronized NameService nameService() {
        if (nameService == null) {
            nameService = new NameService(settings.timeouts().nameService(), asRoot);
        }
        return nameService;
    }

    private OwnershipScanner scanner(Names names) {
        return new OwnershipScanner(LibC.load(), names, MountTable::ofThisProcess, settings.scanLimits());
    }

    private Optional<ExtraCheck> check(Optional<ExtraCheckCommand> command, String placeholder) {
        return command.map(check -> new ExtraCheck(
                commands,
                check.command(),
                placeholder,
                check.taken(),
                settings.timeouts().command()));
    }

    private Path inRoot(Path path) {
        return root.map(r -> r.resolve(path.toString().substring(1))).orElse(path);
    }

    @Override
    public synchronized void close() {
        if (base != null) {
            base.close();
        }
    }
}
