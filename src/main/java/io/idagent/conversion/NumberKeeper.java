package io.idagent.conversion;

import io.idagent.host.ReservedIds;
import io.idagent.platform.CommandException;
import io.idagent.platform.CommandResult;
import io.idagent.platform.Gid;
import io.idagent.platform.GroupEntry;
import io.idagent.platform.LocalGroup;
import io.idagent.platform.LocalUser;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.ShadowTools;
import io.idagent.platform.Uid;
import io.idagent.platform.UserEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes and takes away the accounts that keep former numbers from being given to others.
 *
 * <p>While the account itself still has, or already has again, such a number, both have it: so there is no moment at which
 * adduser could give it to somebody.
 */
final class NumberKeeper {

    static final String NOT_SWEPT_UP =
            "What is left in shadow or gshadow of an account that kept a former number could not be removed: ";

    /** nogroup on Debian and its relatives. */
    private static final Gid NOBODYS = new Gid(65534);

    /** An exit code of userdel(8). */
    private static final int USER_IS_LOGGED_IN = 8;

    private final ShadowTools tools;
    private final ReservedIds reserved;
    private final Names localFiles;
    private final Path accountFiles;

    /** @param accountFiles the directory in which they lie */
    NumberKeeper(ShadowTools tools, ReservedIds reserved, Names localFiles, Path accountFiles) {
        this.tools = tools;
        this.reserved = reserved;
        this.localFiles = localFiles;
        this.accountFiles = accountFiles;
    }

    /**
     * Whether the number is kept for this account, which may have it again.
     *
     * @throws StepException if it is kept because of files of another one
     */
    boolean keepsFor(String account, Uid uid) throws StepException, NameServiceException {
        return isFor(account, uid, reserved.user(uid).map(LocalUser::name));
    }

    boolean keepsFor(String account, Gid gid) throws StepException, NameServiceException {
        return isFor(account, gid, reserved.group(gid).map(LocalGroup::name));
    }

    private static boolean isFor(String account, Object number, Optional<String> keeper) throws StepException {
        if (keeper.isPresent() && !keeper.get().equals(ReservedIds.nameFor(account, number))) {
            throw new StepException("the number " + number + " for " + account + " is reserved by " + keeper.get()
                    + ": files of another account carry it. Give those to whom they belong (chown) first");
        }
        return keeper.isPresent();
    }

    private boolean keeps(Uid uid) throws NameServiceException {
        return reserved.user(uid).isPresent();
    }

    private boolean keeps(Gid gid) throws NameServiceException {
        return reserved.group(gid).isPresent();
    }

    /**
     * @param account whose number it was, or still is
     * @param group a group of that account, for a system that has no nogroup
     */
    void keep(Uid uid, String account, String group) throws StepException, NameServiceException, CommandException {
        if (keeps(uid)) {
            return;
        }
        boolean shared =
                localFiles.user(account).map(UserEntry::uid).filter(uid::equals).isPresent();
        String primary = localFiles.groupName(NOBODYS).orElse(group);
        String name = ReservedIds.nameFor(account, uid);
        expect(tools.addLockedUser(name, uid, primary, ReservedIds.COMMENT, shared));
        if (!keeps(uid)) {
            throw new StepException("useradd said that it was done, but " + name + " does not keep uid " + uid);
        }
    }

    void keep(Gid gid, String account, String group) throws StepException, NameServiceException, CommandException {
        if (keeps(gid)) {
            return;
        }
        boolean shared =
                localFiles.group(group).map(GroupEntry::gid).filter(gid::equals).isPresent();
        String name = ReservedIds.nameFor(account, gid);
        expect(tools.addGroup(name, gid, shared));
        if (!keeps(gid)) {
            throw new StepException("groupadd said that it was done, but " + name + " does not keep gid " + gid);
        }
    }

    /**
     * Without effect where the number is not kept.
     *
     * @return false if a process runs under the number: userdel takes no name away from one
     */
    boolean letGo(Uid uid) throws StepException, NameServiceException, CommandException {
        Optional<LocalUser> keeper = reserved.user(uid);
        if (keeper.isEmpty()) {
            return true;
        }
        CommandResult removed = tools.removeUser(keeper.get().name());
        if (removed.exitCode() == USER_IS_LOGGED_IN) {
            return false;
        }
        expect(removed);
        if (keeps(uid)) {
            throw new StepException(
                    "userdel said that it was done, but " + keeper.get().name() + " is still there");
        }
        return true;
    }

    /** @param shared the account's group has the number again */
    void letGo(Gid gid, boolean shared) throws StepException, NameServiceException, CommandException {
        Optional<LocalGroup> keeper = reserved.group(gid);
        if (keeper.isPresent()) {
            expect(tools.removeGroup(keeper.get().name(), shared));
            if (keeps(gid)) {
                throw new StepException(
                        "groupdel said that it was done, but " + keeper.get().name() + " is still there");
            }
        }
    }

    /**
     * What userdel leaves when the power fails between two of its files: a line in shadow, for a user that is gone from passwd. No
     * tool takes it away but one that takes the user away, so he is made once more.
     */
    void sweepUp(Uid uid, String account, String group) throws StepException, NameServiceException, CommandException {
        if (!keeps(uid) && hasLine("shadow", ReservedIds.nameFor(account, uid))) {
            keep(uid, account, group);
            letGo(uid);
        }
    }

    /** As with the user, in gshadow. @param shared the account's group has the number */
    void sweepUp(Gid gid, String account, String group, boolean shared)
            throws StepException, NameServiceException, CommandException {
        if (!keeps(gid) && hasLine("gshadow", ReservedIds.nameFor(account, gid))) {
            keep(gid, account, group);
            letGo(gid, shared);
        }
    }

    private boolean hasLine(String file, String name) {
        try (InputStream in = Files.newInputStream(accountFiles.resolve(file), LinkOption.NOFOLLOW_LINKS)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .anyMatch(line -> line.startsWith(name + ":"));
        } catch (IOException cannotTell) {
            return false; // not every system has these files, and such a line does no harm
        }
    }

    private static void expect(CommandResult result) throws StepException {
        if (result.exitCode() != 0) {
            throw new StepException(result.describe());
        }
    }
}
