package io.idagent.host;

import io.idagent.ownership.Adoption;
import io.idagent.ownership.OwnerRules;
import io.idagent.ownership.Root;
import io.idagent.ownership.ScanRequest;
import io.idagent.ownership.SharedStorage;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which files belong to the accounts, and to whom they are to belong.
 *
 * @param changes the accounts' numbers, now and then
 * @param formerUids numbers, beside the current one, whose files are the account's; none of them has a name
 * @param adoption which orphans are the account's
 * @param formerOfOthers which of them were another account's; the others are the first one's
 * @param mayBeAbsent roots that need not exist; any other that does not is storage that is not mounted
 * @param unseen sentences about places where files of the accounts may lie and no look reaches
 */
public record FileScope(
        List<AccountChange> changes,
        List<Root> roots,
        List<Path> exclusions,
        Set<Uid> formerUids,
        Set<Gid> formerGids,
        Optional<Adoption> adoption,
        SharedStorage sharedStorage,
        List<FormerOf> formerOfOthers,
        List<Path> mayBeAbsent,
        List<String> unseen) {

    public FileScope {
        changes = List.copyOf(changes);
        roots = List.copyOf(roots);
        exclusions = List.copyOf(exclusions);
        formerUids = Set.copyOf(formerUids);
        formerGids = Set.copyOf(formerGids);
        // A journal of an earlier version does not have them.
        formerOfOthers = formerOfOthers == null ? List.of() : List.copyOf(formerOfOthers);
        mayBeAbsent = mayBeAbsent == null ? List.of() : List.copyOf(mayBeAbsent);
        unseen = unseen == null ? List.of("an earlier version looked") : List.copyOf(unseen);
    }

    /** The look for files to change. Files that have a number already which nobody has yet are noted. */
    public ScanRequest scan() {
        Set<Uid> targetUids = new HashSet<>();
        Set<Gid> targetGids = new HashSet<>();
        for (AccountChange change : changes) {
            if (change.changesUid()) {
                targetUids.add(change.uidTo());
            }
            if (change.changesGid()) {
                targetGids.add(change.gidTo());
            }
        }
        return new ScanRequest(roots, exclusions, rules(adoption, targetUids, targetGids), sharedStorage, true);
    }

    /** The same after the change, when every file of the account has the new numbers, and none is worth a note. */
    public ScanRequest scanAgain() {
        return new ScanRequest(roots, exclusions, rules(adoption, Set.of(), Set.of()), sharedStorage, true);
    }

    /** The look for the numbers that are given up, on all local file systems outside the roots. */
    public ScanRequest scanOutside() {
        List<Path> known = new ArrayList<>(exclusions);
        roots.forEach(root -> known.add(root.path()));
        return new ScanRequest(
                List.of(Root.reporting(Path.of("/"))),
                known,
                rules(Optional.empty(), Set.of(), Set.of()),
                SharedStorage.IGNORE,
                false);
    }

    /** The numbers that a look for files to change looks for. */
    public WatchedIds lookedFor() {
        OwnerRules rules = rules(Optional.empty(), Set.of(), Set.of());
        return new WatchedIds(rules.uids().keySet(), rules.gids().keySet());
    }

    /** Whose former number it is. */
    public AccountChange accountOf(Uid former) {
        return account(formerOfOthers.stream().filter(other -> other.uids().contains(former)));
    }

    public AccountChange accountOf(Gid former) {
        return account(formerOfOthers.stream().filter(other -> other.gids().contains(former)));
    }

    private AccountChange account(Stream<FormerOf> holders) {
        Optional<String> user = holders.map(FormerOf::user).findFirst();
        return changes.stream()
                .filter(change -> user.filter(change.user()::equals).isPresent())
                .findFirst()
                .orElse(changes.get(0));
    }

    public List<Path> rootPaths() {
        return roots.stream().map(Root::path).toList();
    }

    private OwnerRules rules(Optional<Adoption> adopted, Set<Uid> targetUids, Set<Gid> targetGids) {
        Map<Uid, Uid> uids = new HashMap<>();
        Map<Gid, Gid> gids = new HashMap<>();
        formerUids.forEach(former -> uids.put(former, accountOf(former).uidTo()));
        formerGids.forEach(former -> gids.put(former, accountOf(former).gidTo()));
        for (AccountChange change : changes) {
            uids.put(change.uidFrom(), change.uidTo());
            gids.put(change.gidFrom(), change.gidTo());
            uids.remove(change.uidTo());
            gids.remove(change.gidTo());
        }
        return new OwnerRules(uids, gids, adopted, targetUids, targetGids);
    }
}
