package io.idagent.agent;

import io.idagent.host.FormerIds;
import io.idagent.migration.DiskProof;
import io.idagent.migration.EvacuatedGuests;
import io.idagent.migration.GrantJournal;
import io.idagent.migration.GuestLog;
import io.idagent.migration.Holders;
import io.idagent.migration.Homes;
import io.idagent.migration.HomesByLocks;
import io.idagent.migration.MigrationInspector;
import io.idagent.migration.MigrationInspector.NoSuchGuestException;
import io.idagent.migration.Sharing;
import io.idagent.migration.Strangers;
import io.idagent.ownership.AccessGrants;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Commands;
import io.idagent.platform.GuestMonitor;
import io.idagent.platform.GuestMover;
import io.idagent.platform.LibC;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.LibvirtSide;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.MigrationSides;
import io.idagent.platform.Names;
import io.idagent.platform.Owner;
import io.idagent.platform.ProcessTable;
import io.idagent.platform.WritableLibvirt;
import io.idagent.settings.Account;
import io.idagent.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Puts together what commands about migration need. */
public final class MigrationWiring {

    private final Settings settings;
    private final Path stateDirectory;
    private final Commands commands;
    private final Supplier<TreeBase> base;
    private final Supplier<Names> names;

    /** @param names as every rule sees them */
    MigrationWiring(
            Settings settings, Path stateDirectory, Commands commands, Supplier<TreeBase> base, Supplier<Names> names) {
        this.settings = settings;
        this.stateDirectory = stateDirectory;
        this.commands = commands;
        this.base = base;
        this.names = names;
    }

    /** @param former numbers that the account had before */
    public MigrationInspector inspector(FormerIds former) {
        return new MigrationInspector(
                settings.libvirtUri(),
                settings.accounts(),
                former,
                commands,
                settings.timeouts().libvirt());
    }

    public Sharing sharing() {
        return new Sharing(grants(), new AccessGrants(LibC.load()), base.get());
    }

    public GrantJournal grants() {
        return new GrantJournal(stateDirectory);
    }

    public EvacuatedGuests evacuated() {
        return new EvacuatedGuests(stateDirectory);
    }

    public LibvirtSide side(String uri) throws LibvirtUnavailableException, InterruptedException {
        return new MigrationSides(settings.timeouts().libvirt()).ask(uri);
    }

    public GuestMover mover() {
        return new GuestMover(libvirt());
    }

    public DiskProof diskProof() {
        return new DiskProof(
                new GuestMonitor(libvirt()),
                new GuestLog(commands, settings.timeouts().libvirt(), settings.libvirtUri()));
    }

    private WritableLibvirt libvirt() {
        return new WritableLibvirt(settings.timeouts().libvirt());
    }

    public Strangers strangers() {
        return new Strangers(
                names.get(), settings.accounts().stream().map(Account::user).collect(Collectors.toSet()));
    }

    /** The numbers that a side starts guests with. */
    public Owner runsAs(LibvirtSide side) {
        return side.baseLabel().orElse(settings.accounts().get(0).target());
    }

    /** @param names none: all that run */
    public List<LibvirtGuest> runningGuests(List<String> names)
            throws LibvirtUnavailableException, InterruptedException, NoSuchGuestException {
        return MigrationInspector.chosen(side(settings.libvirtUri()), names).stream()
                .filter(LibvirtGuest::active)
                .toList();
    }

    /** Where the guests are for whose sake access was given, as far as this host knows by itself. */
    public Homes homesSeenFromHere() throws LibvirtUnavailableException, InterruptedException {
        LibvirtSide here = side(settings.libvirtUri());
        return new HomesByLocks(
                new AccessGrants(LibC.load()),
                base.get(),
                here.guests(),
                runsAs(here),
                Holders.among(new ProcessTable()));
    }
}
