package io.idagent.agent;

import io.idagent.conversion.Conversions;
import io.idagent.settings.Account;
import java.util.List;

/** A rollback is a conversion whose targets are the numbers that the account had. */
public final class RollbackTarget {

    private RollbackTarget() {}

    public static List<Account> of(Conversions.Record conversion) {
        return conversion.plan().changes().stream()
                .map(change -> new Account(change.user(), change.uidFrom(), change.group(), change.gidFrom()))
                .toList();
    }
}
