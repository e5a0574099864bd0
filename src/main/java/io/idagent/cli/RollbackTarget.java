package io.idagent.cli;

import io.idagent.conversion.Conversions;
import io.idagent.settings.Account;
import java.util.List;

/** A rollback is a conversion whose targets are the numbers that the account had. */
final class RollbackTarget {

    private RollbackTarget() {}

    static List<Account> of(Conversions.Record conversion) {
        return conversion.plan().changes().stream()
                .map(change -> new Account(change.user(), change.uidFrom(), change.group(), change.gidFrom()))
                .toList();
    }
}
