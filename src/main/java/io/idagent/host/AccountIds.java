package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.Names;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which numbers processes are looked at for. */
final class AccountIds {

    private AccountIds() {}

    /**
     * What libvirt has cached, as far as it may be the accounts' own. A number with somebody else's name is not: qemu may run
     * in the group kvm, as Ubuntu's does, and others are in it as well.
     */
    static WatchedIds cached(Optional<Owner> baseLabel, List<AccountFacts> accounts, Names names) {
        if (baseLabel.isEmpty()) {
            return WatchedIds.NONE;
        }
        Uid uid = baseLabel.get().uid();
        Gid gid = baseLabel.get().gid();
        boolean isOurUser = isNamelessOr(
                accounts.stream().map(facts -> facts.account().user()), NameQuestion.ask(() -> names.userName(uid)));
        boolean isOurGroup = isNamelessOr(
                accounts.stream().map(facts -> facts.account().group()), NameQuestion.ask(() -> names.groupName(gid)));
        return new WatchedIds(isOurUser ? Set.of(uid) : Set.of(), isOurGroup ? Set.of(gid) : Set.of());
    }

    /** Also where the name is not known. */
    private static boolean isNamelessOr(Stream<String> own, Fact<Optional<String>> name) {
        Optional<String> known = name.orElse(Optional.empty());
        return known.isEmpty() || own.anyMatch(known.get()::equals);
    }

    /** Current, former, and what libvirt has cached. */
    static WatchedIds watched(List<AccountFacts> accounts, FormerIds former, WatchedIds cached) {
        Set<Uid> uids = new HashSet<>(former.uids());
        Set<Gid> gids = new HashSet<>(former.gids());
        for (AccountFacts facts : accounts) {
            facts.change().ifPresent(change -> {
                uids.add(change.uidFrom());
                gids.add(change.gidFrom());
            });
        }
        uids.addAll(cached.uids());
        gids.addAll(cached.gids());
        // Where qemu runs as root, root's processes are not its guests; its guests are found as qemu.
        uids.remove(Uid.ROOT);
        gids.remove(new Gid(0));
        return new WatchedIds(uids, gids);
    }

    static WatchedIds targets(List<Account> accounts) {
        return WatchedIds.of(accounts.stream().map(Account::target).toList());
    }
}
