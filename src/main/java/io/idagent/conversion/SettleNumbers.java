package io.idagent.conversion;

import io.idagent.host.AccountChange;
import io.idagent.host.CarriedIds;
import io.idagent.host.FileScope;
import io.idagent.host.ReservedId;
import io.idagent.host.ReservedIds;
import io.idagent.ownership.CarriedOwners;
import io.idagent.ownership.ScanResult;
import io.idagent.platform.CommandException;
import io.idagent.platform.Gid;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What becomes of former numbers when all is done: one that a file still carries, or may carry, stays reserved, and any
 * other is given back.
 */
final class SettleNumbers {

    private final ReservedIds reserved;
    private final NumberKeeper keeper;
    private final Names names;
    private final Path accountFiles;

    /**
     * @param names of this host: a number that somebody has is not reserved
     * @param accountFiles the directory in which the passwd file lies
     */
    SettleNumbers(ReservedIds reserved, NumberKeeper keeper, Names names, Path accountFiles) {
        this.reserved = reserved;
        this.keeper = keeper;
        this.names = names;
        this.accountFiles = accountFiles;
    }

    /** @param roots what the last search found */
    void settle(Undertaking work, ScanResult roots, CarriedIds carried) throws NameServiceException, IOException {
        if (work.plan().reservations().wanted()) {
            keepCarried(work, roots.carried());
        }
        for (ReservedId id : reserved.all(carried)) {
            if (id.whyKept().isPresent()) {
                work.note(id.number() + " stays reserved by " + id.name() + ": "
                        + id.whyKept().get());
            } else {
                letGo(work, id);
            }
        }
        sweepUp(work);
        // As after usermod: the tools sync files, and not the directory in which they put new ones in the place of old
        // ones.
        PrivateFiles.syncDirectory(accountFiles);
    }

    /** Of a conversion before this one, or one by hand. What this one has left is kept already. */
    private void keepCarried(Undertaking work, CarriedOwners carried) {
        FileScope files = work.plan().files();
        try {
            for (Uid uid : files.formerUids()) {
                if (carried.uids().contains(uid) && names.userName(uid).isEmpty()) {
                    AccountChange account = files.accountOf(uid);
                    keeper.keep(uid, account.user(), account.group());
                }
            }
            for (Gid gid : files.formerGids()) {
                if (carried.gids().contains(gid) && names.groupName(gid).isEmpty()) {
                    AccountChange account = files.accountOf(gid);
                    keeper.keep(gid, account.user(), account.group());
                }
            }
        } catch (StepException | CommandException | NameServiceException e) {
            work.problem("A former number that files carry could not be reserved: " + e.getMessage());
        }
    }

    /** Of numbers that are free: a run before this one may have been cut off while it gave them back. */
    private void sweepUp(Undertaking work) {
        FileScope files = work.plan().files();
        try {
            for (Uid uid : files.formerUids()) {
                sweepUp(uid, files.accountOf(uid));
            }
            for (Gid gid : files.formerGids()) {
                sweepUp(gid, files.accountOf(gid));
            }
            for (AccountChange change : work.plan().changes()) {
                if (change.changesUid()) {
                    sweepUp(change.uidFrom(), change);
                }
                if (change.changesGid()) {
                    sweepUp(change.gidFrom(), change);
                }
            }
        } catch (StepException | CommandException | NameServiceException e) {
            work.note(NumberKeeper.NOT_SWEPT_UP + e.getMessage());
        }
    }

    private void sweepUp(Uid uid, AccountChange account) throws StepException, CommandException, NameServiceException {
        if (names.userName(uid).isEmpty()) {
            keeper.sweepUp(uid, account.user(), account.group());
        }
    }

    private void sweepUp(Gid gid, AccountChange account) throws StepException, CommandException, NameServiceException {
        if (names.groupName(gid).isEmpty()) {
            keeper.sweepUp(gid, account.user(), account.group(), false);
        }
    }

    private void letGo(Undertaking work, ReservedId id) {
        try {
            if (id.uid().isEmpty()) {
                keeper.letGo(id.gid().orElseThrow(), false);
            } else if (!keeper.letGo(id.uid().get())) {
                throw new StepException("a process runs under it");
            }
            if (work.plan().kind() == ConversionKind.RE_OWN) {
                work.note(id.number() + " is free again, no file carries it any more: " + id.name() + " was removed");
            }
        } catch (StepException | CommandException | NameServiceException e) {
            work.problem(id.number() + " is still reserved by " + id.name() + ", though no file carries it any more: "
                    + e.getMessage());
        }
    }
}
