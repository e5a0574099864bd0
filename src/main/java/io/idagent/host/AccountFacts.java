package io.idagent.host;

import io.idagent.platform.GroupEntry;
import io.idagent.platform.Names;
import io.idagent.platform.UserEntry;
import io.idagent.settings.Account;
import java.util.List;
import java.util.Optional;

/**
 * One configured account as this host has it.
 *
 * @param user empty: there is no such user
 * @param userIsLocal whether it stands in the passwd file, with the same number
 * @param uidHolder who else has the target uid, for a sentence: "user alice"
 */
public record AccountFacts(
        Account account,
        Fact<Optional<UserEntry>> user,
        Fact<Optional<GroupEntry>> group,
        Fact<Boolean> userIsLocal,
        Fact<Boolean> groupIsLocal,
        Fact<Optional<String>> uidHolder,
        Fact<Optional<String>> gidHolder) {

    /** Those that this host has, or may have; all, if it has none: then there is nothing to do. */
    static List<AccountFacts> present(List<AccountFacts> configured) {
        return configured.stream().allMatch(AccountFacts::isAbsent)
                ? configured
                : configured.stream().filter(facts -> !facts.isAbsent()).toList();
    }

    /** Asks everybody who knows about an account. */
    static AccountFacts of(Account account, Names names, Names localFiles, TakenIds takenIds) {
        Fact<Optional<UserEntry>> user = NameQuestion.ask(() -> names.user(account.user()));
        Fact<Optional<GroupEntry>> group = NameQuestion.ask(() -> names.group(account.group()));
        return new AccountFacts(
                account,
                user,
                group,
                NameQuestion.ask(() -> localFiles
                        .user(account.user())
                        .map(UserEntry::uid)
                        .equals(user.orElse(Optional.empty()).map(UserEntry::uid))),
                NameQuestion.ask(() -> localFiles
                        .group(account.group())
                        .map(GroupEntry::gid)
                        .equals(group.orElse(Optional.empty()).map(GroupEntry::gid))),
                NameQuestion.ask(() -> takenIds.holderOf(account.uid(), account.user())),
                NameQuestion.ask(() -> takenIds.holderOf(account.gid(), account.group())));
    }

    /** What is to change; empty if the account is not there, not whole, or not known. */
    public Optional<AccountChange> change() {
        Optional<UserEntry> userEntry = user.orElse(Optional.empty());
        Optional<GroupEntry> groupEntry = group.orElse(Optional.empty());
        if (userEntry.isEmpty() || groupEntry.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new AccountChange(
                account.user(),
                userEntry.get().uid(),
                account.uid(),
                account.group(),
                groupEntry.get().gid(),
                account.gid(),
                userEntry.get().home()));
    }

    public boolean isAbsent() {
        return user.isKnown()
                && group.isKnown()
                && user.orElse(Optional.empty()).isEmpty()
                && group.orElse(Optional.empty()).isEmpty();
    }
}
