package io.idagent.host;

import io.idagent.ownership.OwnershipScanner;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Gid;
import io.idagent.platform.GroupEntry;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.Uid;
import io.idagent.platform.UserEntry;
import io.idagent.settings.Account;
import io.idagent.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A system that is not running, below {@code --root DIR}: its account files are all there is to know about names, and
 * it has no services, no processes, and no guests.
 */
public final class OfflineHost implements HostInspector {

    private final Settings settings;
    private final LiveHost.KnownFormerIds remembered;
    private final Names names;
    private final ReservedIds reserved;
    private final OwnershipScanner scanner;
    private final TreeBase base;

    public OfflineHost(
            Settings settings,
            LiveHost.KnownFormerIds remembered,
            Names names,
            ReservedIds reserved,
            OwnershipScanner scanner,
            TreeBase base) {
        this.settings = settings;
        this.remembered = remembered;
        this.names = names;
        this.reserved = reserved;
        this.scanner = scanner;
        this.base = base;
    }

    @Override
    public HostSnapshot inspect(Depth depth) {
        List<AccountFacts> accounts = AccountFacts.present(
                settings.accounts().stream().map(this::account).toList());
        Fact<FormerIds> former = former();
        Optional<FileScope> scope = FileScopes.of(
                settings,
                accounts,
                former.orElse(FormerIds.NONE),
                reserved.withNamesOf(remembered.ofOthers()),
                Optional.empty(),
                base);
        Fact<ScanResult> files =
                depth == Depth.WITHOUT_FILES ? Fact.unknown("the roots were not searched") : files(scope);
        CarriedIds carried = new CarriedIds(
                scope,
                files,
                CarriedIds.outsideLook(
                        depth, () -> scanner.scan(base, scope.orElseThrow().scanOutside(), hit -> {}, entries -> {})));
        return new HostSnapshot(
                Instant.now(),
                true,
                accounts,
                Fact.known(List.of()),
                LibvirtFacts.NONE,
                Fact.known(ProcessesInTheWay.NONE),
                Fact.known(List.of()),
                former,
                NameQuestion.ask(() -> reserved.all(carried)),
                scope,
                files,
                Fact.known(List.of()),
                PasswdLockLook.at(base.path().resolve("etc"), Duration.ZERO));
    }

    private AccountFacts account(Account account) {
        Fact<Optional<UserEntry>> user = NameQuestion.ask(() -> names.user(account.user()));
        Fact<Optional<GroupEntry>> group = NameQuestion.ask(() -> names.group(account.group()));
        return new AccountFacts(
                account,
                user,
                group,
                Fact.known(true),
                Fact.known(true),
                NameQuestion.ask(() -> names.userName(account.uid())
                        .filter(name -> !name.equals(account.user()))
                        .map(name -> "user " + name)),
                NameQuestion.ask(() -> names.groupName(account.gid())
                        .filter(name -> !name.equals(account.group()))
                        .map(name -> "group " + name)));
    }

    private Fact<FormerIds> former() {
        Set<String> ownNames = new HashSet<>();
        settings.accounts().forEach(account -> ownNames.addAll(List.of(account.user(), account.group())));
        return NameQuestion.ask(() -> {
            // Of whom no journal may tell any more.
            WatchedIds kept = reserved.numbers();
            Set<Uid> uids = new HashSet<>(remembered.uids());
            Set<Gid> gids = new HashSet<>(remembered.gids());
            uids.addAll(kept.uids());
            gids.addAll(kept.gids());
            settings.accounts().forEach(account -> {
                uids.remove(account.uid());
                gids.remove(account.gid());
            });
            return FormerIds.among(uids, gids, ownNames, names);
        });
    }

    private Fact<ScanResult> files(Optional<FileScope> scope) {
        if (scope.isEmpty()) {
            return Fact.unknown("there is no account to look for");
        }
        try {
            return Fact.known(scanner.scan(base, scope.get().scan(), hit -> {}, entries -> {}));
        } catch (NameServiceException | IOException e) {
            return Fact.unknown(e.getMessage());
        }
    }
}
