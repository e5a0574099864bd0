package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which numbers processes are looked at for. */
final class AccountIds {

    private AccountIds() {}

    /** Current, former, and what libvirt has cached. */
    static WatchedIds watched(List<AccountFacts> accounts, FormerIds former, Optional<Owner> baseLabel) {
        Set<Uid> uids = new HashSet<>(former.uids());
        Set<Gid> gids = new HashSet<>(former.gids());
        for (AccountFacts facts : accounts) {
            facts.change().ifPresent(change -> {
                uids.add(change.uidFrom());
                gids.add(change.gidFrom());
            });
        }
        baseLabel.ifPresent(label -> {
            uids.add(label.uid());
            gids.add(label.gid());
        });
        // Where qemu runs as root, root's processes are not its guests; its guests are found as qemu.
        uids.remove(Uid.ROOT);
        gids.remove(new Gid(0));
        return new WatchedIds(uids, gids);
    }

    static WatchedIds targets(List<Account> accounts) {
        return WatchedIds.of(accounts.stream().map(Account::target).toList());
    }
}
