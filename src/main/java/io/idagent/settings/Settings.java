package io.idagent.settings;

import io.idagent.ownership.IdRange;
import io.idagent.ownership.ScanLimits;
import io.idagent.ownership.SharedStorage;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an administrator can decide, checked. {@link SettingsReader} says which key each value has.
 *
 * @param accounts the first is the one that qemu runs as
 * @param accountUnits services of accounts, which are stopped and started with libvirt
 * @param roots directory trees of libvirt itself: orphans in them are the account's
 * @param additionalRoots further trees of the account; orphans in them are only reported
 * @param exclusions trees that are left alone, with everything below
 * @param formerUids numbers the account had before, beside those that the journal knows
 * @param reserveFormerIds whether former numbers that files carry are kept from being given to others
 * @param orphanRange numbers that orphans are adopted from; empty: system accounts of login.defs
 */
public record Settings(
        List<Account> accounts,
        List<String> accountUnits,
        List<Path> roots,
        List<Path> additionalRoots,
        List<Path> exclusions,
        Set<Uid> formerUids,
        Set<Gid> formerGids,
        boolean reserveFormerIds,
        OrphanPolicy orphans,
        Optional<IdRange> orphanRange,
        SharedStorage sharedStorage,
        ScanLimits scanLimits,
        String libvirtUri,
        Timeouts timeouts,
        Path stateDirectory,
        Path runDirectory,
        Optional<ExtraCheckCommand> extraUidCheck,
        Optional<ExtraCheckCommand> extraGidCheck,
        DaemonSettings daemon) {

    /**
     * How long is waited, and for whom.
     *
     * @param libvirt for one conversation with libvirt
     * @param command for a command such as usermod or systemctl
     * @param passwdLock for another program that holds the lock of the passwd file
     * @param nameService for a name service that asks somebody else, a directory for one
     */
    public record Timeouts(Duration libvirt, Duration command, Duration passwdLock, Duration nameService) {}

    public Settings {
        accounts = List.copyOf(accounts);
        accountUnits = List.copyOf(accountUnits);
        roots = List.copyOf(roots);
        additionalRoots = List.copyOf(additionalRoots);
        exclusions = List.copyOf(exclusions);
        formerUids = Set.copyOf(formerUids);
        formerGids = Set.copyOf(formerGids);
    }

    /** The same with other numbers to reach, as a rollback needs them. */
    public Settings withAccounts(List<Account> others) {
        return new Settings(
                others,
                accountUnits,
                roots,
                additionalRoots,
                exclusions,
                formerUids,
                formerGids,
                reserveFormerIds,
                orphans,
                orphanRange,
                sharedStorage,
                scanLimits,
                libvirtUri,
                timeouts,
                stateDirectory,
                runDirectory,
                extraUidCheck,
                extraGidCheck,
                daemon);
    }
}
