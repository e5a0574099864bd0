package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.LocalAccounts;
import io.idagent.platform.LocalGroup;
import io.idagent.platform.LocalUser;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.ShadowTools;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Former numbers that accounts of ours keep from being given to others while files carry them: {@code
 * libvirt-qemu-former-109}.
 *
 * <p>Such an account counts only if it is whole: it stands in the passwd or group file itself, its name is that of a
 * configured account with its very own number, and but for the number it is as {@link ShadowTools} makes it; nobody is
 * in such a group. What can be had without root (a name in a directory, a comment by chfn) does not suffice, and whoever can write
 * these files needs no right from us. It gives none: its number counts as nobody's, so that files with it in the roots go
 * to the account that had it.
 */
public final class ReservedIds {

    /** By which root's tools and a person tell such an account from any other. */
    public static final String COMMENT = "Keeps a former number of files (libvirt-id-agent)";

    private static final String PART = "-former-";
    /** What useradd and groupadd take. */
    private static final int LONGEST_NAME = 32;

    private static final Set<String> NO_PASSWORD = Set.of("x", "!", "*");

    private final LocalAccounts files;
    private final Set<String> accounts;

    /** @param files in which they stand */
    public ReservedIds(LocalAccounts files, List<Account> accounts) {
        this.files = files;
        this.accounts = accounts.stream().map(Account::user).collect(Collectors.toSet());
    }

    /** The name of the account, or the group, that keeps a number. */
    public static String nameFor(String account, Object number) {
        String end = PART + number;
        return account.substring(0, Math.min(account.length(), LONGEST_NAME - end.length())) + end;
    }

    /** The user that keeps this number. */
    public Optional<LocalUser> user(Uid uid) throws NameServiceException {
        return users().stream().filter(user -> user.uid().equals(uid)).findFirst();
    }

    /** The group that keeps this number. */
    public Optional<LocalGroup> group(Gid gid) throws NameServiceException {
        return groups().stream().filter(group -> group.gid().equals(gid)).findFirst();
    }

    public List<LocalUser> users() throws NameServiceException {
        return files.users().stream().filter(this::isOurs).toList();
    }

    public List<LocalGroup> groups() throws NameServiceException {
        Set<Gid> primary = files.users().stream()
                .filter(user -> !accounts.contains(user.name()) && !isOurs(user))
                .map(LocalUser::primaryGid)
                .collect(Collectors.toSet());
        return files.groups().stream()
                .filter(this::isOurs)
                .filter(group -> !primary.contains(group.gid()))
                .toList();
    }

    /** The same, with the numbers that are kept in the name of each of these accounts: their journals may be gone. */
    List<FormerOf> withNamesOf(List<FormerOf> known) {
        // Where the files cannot be read, it is not known either which former numbers have a name, and nothing is done.
        Fact<List<LocalUser>> users = NameQuestion.ask(this::users);
        Fact<List<LocalGroup>> groups = NameQuestion.ask(this::groups);
        List<FormerOf> all = new ArrayList<>();
        for (FormerOf account : known) {
            Set<Uid> uids = new HashSet<>(account.uids());
            Set<Gid> gids = new HashSet<>(account.gids());
            users.orElse(List.of()).stream()
                    .filter(user -> user.name().equals(nameFor(account.user(), user.uid())))
                    .forEach(user -> uids.add(user.uid()));
            groups.orElse(List.of()).stream()
                    .filter(group -> group.name().equals(nameFor(account.user(), group.gid())))
                    .forEach(group -> gids.add(group.gid()));
            all.add(new FormerOf(account.user(), uids, gids));
        }
        return all;
    }

    /** All numbers that are kept. */
    WatchedIds numbers() throws NameServiceException {
        return new WatchedIds(
                users().stream().map(LocalUser::uid).collect(Collectors.toSet()),
                groups().stream().map(LocalGroup::gid).collect(Collectors.toSet()));
    }

    /** Who else has this number in the same file. */
    Optional<String> otherUser(Uid uid) throws NameServiceException {
        return files.users().stream()
                .filter(user -> user.uid().equals(uid) && !isOurs(user))
                .map(LocalUser::name)
                .findFirst();
    }

    Optional<String> otherGroup(Gid gid) throws NameServiceException {
        List<LocalGroup> ours = groups();
        return files.groups().stream()
                .filter(group -> group.gid().equals(gid) && !ours.contains(group))
                .map(LocalGroup::name)
                .findFirst();
    }

    /** Whether it is worth reading the file. */
    boolean couldBe(String name, Object number) {
        return accounts.stream().anyMatch(account -> nameFor(account, number).equals(name));
    }

    /** All there are, each with the reason why it must stay; without one it can go. */
    public List<ReservedId> all(CarriedIds carried) throws NameServiceException {
        List<ReservedId> all = new ArrayList<>();
        for (LocalUser user : users()) {
            all.add(new ReservedId(
                    user.name(), Optional.of(user.uid()), Optional.empty(), carried.whyKept(user.uid())));
        }
        for (LocalGroup group : groups()) {
            all.add(new ReservedId(
                    group.name(), Optional.empty(), Optional.of(group.gid()), carried.whyKept(group.gid())));
        }
        return all;
    }

    private boolean isOurs(LocalUser user) {
        return couldBe(user.name(), user.uid())
                && NO_PASSWORD.contains(user.password())
                && user.comment().equals(COMMENT)
                && user.home().equals(ShadowTools.NO_HOME)
                && user.shell().equals(ShadowTools.NO_SHELL);
    }

    private boolean isOurs(LocalGroup group) {
        return couldBe(group.name(), group.gid())
                && NO_PASSWORD.contains(group.password())
                && group.members().isEmpty();
    }
}
