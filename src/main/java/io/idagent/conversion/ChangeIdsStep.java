package io.idagent.conversion;

import io.idagent.host.AccountChange;
import io.idagent.platform.CommandException;
import io.idagent.platform.CommandResult;
import io.idagent.platform.GroupEntry;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.ShadowTools;
import io.idagent.platform.UserEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * usermod, then groupmod. In this order: usermod refuses while a process of the account runs, groupmod does not, so the
 * other order could end half-way. A number that is left is reserved before, and one that is taken again is given back
 * after: at no moment is it free.
 */
final class ChangeIdsStep implements StepAction {

    private final ShadowTools tools;
    private final Names localFiles;
    private final Path accountFiles;
    private final NumberKeeper keeper;

    /**
     * @param localFiles the passwd and group files that the tools edit
     * @param accountFiles the directory in which they lie
     */
    ChangeIdsStep(ShadowTools tools, Names localFiles, Path accountFiles, NumberKeeper keeper) {
        this.keeper = keeper;
        this.tools = tools;
        this.accountFiles = accountFiles;
        this.localFiles = localFiles;
    }

    /** libvirt need not be stopped to find out that there is no groupmod. */
    @Override
    public void check(Undertaking work) throws StepException {
        Optional<String> missing = tools.missing();
        if (missing.isPresent()) {
            throw new StepException(missing.get() + " is not installed (Debian: apt install passwd util-linux)");
        }
    }

    @Override
    public String run(Undertaking work) throws StepException, IOException, NameServiceException, CommandException {
        for (AccountChange change : work.plan().changes()) {
            boolean reserves = work.plan().reservations().wanted();
            move(change, reserves, reserves);
            letGo(change, work);
        }
        bringToDisk();
        return work.plan().changesInWords();
    }

    @Override
    public void undo(Undertaking work) throws StepException, IOException, NameServiceException, CommandException {
        for (AccountChange change : work.plan().changes()) {
            Reservations before = work.plan().reservations();
            AccountChange back = change.reversed();
            move(back, before.uids().contains(back.uidFrom()), before.gids().contains(back.gidFrom()));
            try {
                letGo(back, work);
            } catch (StepException | NameServiceException | CommandException e) {
                // It is a second name for a number that its owner has again, and the next conversion makes use of it.
                work.note("A number that is in use again is still reserved as well: " + e.getMessage());
            }
        }
        bringToDisk();
    }

    /** What was reserved of the numbers that the account has now. */
    private void letGo(AccountChange change, Undertaking work)
            throws StepException, NameServiceException, CommandException {
        if (change.changesUid() && !keeper.letGo(change.uidTo())) {
            work.note("uid " + change.uidTo() + " is still reserved as well, as a process of " + change.user()
                    + " runs already; the next conversion makes use of it");
        }
        if (change.changesGid()) {
            keeper.letGo(change.gidTo(), true);
        }
        sweepUp(change, work);
    }

    private void sweepUp(AccountChange change, Undertaking work) {
        try {
            if (change.changesUid()) {
                keeper.sweepUp(change.uidTo(), change.user(), change.group());
            }
            if (change.changesGid()) {
                keeper.sweepUp(change.gidTo(), change.user(), change.group(), true);
            }
        } catch (StepException | NameServiceException | CommandException e) {
            work.note(NumberKeeper.NOT_SWEPT_UP + e.getMessage());
        }
    }

    /**
     * The tools sync the files that they write, but not the directory in which they put them in the place of the old
     * ones; and it may have been a run before this one that had them do so.
     */
    private void bringToDisk() throws IOException {
        PrivateFiles.syncDirectory(accountFiles);
    }

    private void move(AccountChange change, boolean reservesUid, boolean reservesGid)
            throws StepException, IOException, NameServiceException, CommandException {
        if (change.changesUid()) {
            moveUser(change, reservesUid);
        }
        if (change.changesGid()) {
            moveGroup(change, reservesGid);
        }
    }

    private void moveUser(AccountChange change, boolean reserves)
            throws StepException, IOException, NameServiceException, CommandException {
        UserEntry user = user(change);
        if (!user.uid().equals(change.uidTo())) {
            if (!user.uid().equals(change.uidFrom())) {
                throw changedByOthers("user", change.user(), user.uid(), change.uidFrom(), change.uidTo());
            }
            refuseTaken("uid", change.uidTo(), "user", localFiles.userName(change.uidTo()));
            if (reserves) {
                keeper.keep(change.uidFrom(), change.user(), change.group());
            }
            boolean shared = keeper.keepsFor(change.user(), change.uidTo());
            expect(tools.changeUid(change.user(), change.uidTo(), user.home(), shared));
            if (!user(change).uid().equals(change.uidTo())) {
                throw new StepException("usermod said that it was done, but " + change.user() + " still has uid "
                        + user(change).uid());
            }
        }
    }

    private void moveGroup(AccountChange change, boolean reserves)
            throws StepException, NameServiceException, CommandException {
        GroupEntry group = group(change);
        if (!group.gid().equals(change.gidTo())) {
            if (!group.gid().equals(change.gidFrom())) {
                throw changedByOthers("group", change.group(), group.gid(), change.gidFrom(), change.gidTo());
            }
            refuseTaken("gid", change.gidTo(), "group", localFiles.groupName(change.gidTo()));
            if (reserves) {
                keeper.keep(change.gidFrom(), change.user(), change.group());
            }
            boolean shared = keeper.keepsFor(change.user(), change.gidTo());
            expect(tools.changeGid(change.group(), change.gidTo(), shared));
            if (!group(change).gid().equals(change.gidTo())) {
                throw new StepException("groupmod said that it was done, but " + change.group() + " still has gid "
                        + group(change).gid());
            }
        }
    }

    private UserEntry user(AccountChange change) throws StepException, NameServiceException {
        return localFiles
                .user(change.user())
                .orElseThrow(() -> new StepException("the user " + change.user() + " is gone from the passwd file"));
    }

    private GroupEntry group(AccountChange change) throws StepException, NameServiceException {
        return localFiles
                .group(change.group())
                .orElseThrow(() -> new StepException("the group " + change.group() + " is gone from the group file"));
    }

    private static StepException changedByOthers(String what, String name, Object now, Object from, Object to) {
        return new StepException("somebody else has changed the " + what + " " + name + ": it has " + now + ", neither "
                + from + " nor " + to + ". Give it one of the two, then run this again");
    }

    /** groupmod gives a number twice when it works on the files of another root (seen in shadow 4.13). */
    private static void refuseTaken(String what, Object number, String whose, Optional<String> holder)
            throws StepException {
        if (holder.isPresent()) {
            throw new StepException(what + " " + number + " has been given to the " + whose + " " + holder.get()
                    + " meanwhile. Give that one another, then run this again");
        }
    }

    private static void expect(CommandResult result) throws StepException {
        if (result.exitCode() != 0) {
            throw new StepException(result.describe());
        }
    }
}
