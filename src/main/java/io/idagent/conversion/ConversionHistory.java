package io.idagent.conversion;

import io.idagent.host.AccountChange;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.FormerOf;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What past conversions mean for today: whether one is unfinished, which numbers the account had before, and which one
 * could be taken back.
 *
 * @param conversions newest first
 * @param gone how many of those before were removed since, by how they had ended
 */
public record ConversionHistory(List<Conversions.Record> conversions, boolean running, Map<String, Long> gone) {

    public ConversionHistory {
        conversions = List.copyOf(conversions);
        gone = Map.copyOf(gone);
    }

    /** One of which nothing was removed. */
    public ConversionHistory(List<Conversions.Record> conversions, boolean running) {
        this(conversions, running, Map.of());
    }

    /** @return unknown if the journals cannot be read, or not be trusted; the reason says which and why */
    public static Fact<ConversionHistory> read(Conversions conversions, Path lockFile) {
        return read(conversions, () -> ConversionLock.isTaken(lockFile));
    }

    interface LockQuestion {
        boolean isTaken() throws IOException;
    }

    static Fact<ConversionHistory> read(Conversions conversions, LockQuestion lock) {
        try {
            ConversionHistory history = at(conversions, lock);
            // One that is open without a converter may have ended between the two questions.
            return Fact.known(history.running || history.interrupted().isEmpty() ? history : at(conversions, lock));
        } catch (IOException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    private static ConversionHistory at(Conversions conversions, LockQuestion lock) throws IOException {
        return new ConversionHistory(conversions.all(), lock.isTaken(), conversions.gone());
    }

    /** The same for the one who holds the lock: the conversion that is running is his own. */
    public static Fact<ConversionHistory> readUnderLock(Conversions conversions) {
        try {
            return Fact.known(new ConversionHistory(conversions.all(), false, conversions.gone()));
        } catch (IOException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    public ConversionFact fact() {
        if (running) {
            return new ConversionFact.Running();
        }
        Optional<Conversions.Record> open = interrupted();
        if (open.isPresent()) {
            return new ConversionFact.Interrupted(open.get().id(), open.get().openedAt());
        }
        Optional<Conversions.Record> last = last();
        if (last.isEmpty()) {
            return new ConversionFact.Idle();
        }
        ConversionOutcome outcome = last.get().outcome().orElseThrow();
        String id = last.get().id();
        if (outcome.result() == ConversionOutcome.Result.UNDONE) {
            return new ConversionFact.Failed(id, last.get().last().at(), outcome.sentence());
        }
        if (outcome.result() == ConversionOutcome.Result.DONE
                && last.get().plan().kind() == ConversionKind.ROLL_BACK) {
            return new ConversionFact.RolledBack(id, last.get().last().at());
        }
        return new ConversionFact.Idle();
    }

    public Optional<Conversions.Record> interrupted() {
        return conversions.stream().filter(Conversions.Record::isOpen).findFirst();
    }

    public Optional<Conversions.Record> last() {
        return conversions.stream().findFirst();
    }

    /** The last conversion that moved ids and was not taken back since. */
    public Optional<Conversions.Record> canBeRolledBack() {
        for (Conversions.Record record : conversions) {
            boolean done = record.outcome()
                    .filter(outcome -> outcome.result() == ConversionOutcome.Result.DONE)
                    .isPresent();
            if (done && record.plan().kind() == ConversionKind.ROLL_BACK) {
                return Optional.empty();
            }
            if (done && record.plan().kind() == ConversionKind.CONVERT) {
                return Optional.of(record);
            }
        }
        return Optional.empty();
    }

    /** How many there have been, by how they ended. */
    public Map<String, Long> byResult() {
        Map<String, Long> counts = new HashMap<>(gone);
        conversions.stream()
                .flatMap(record -> record.outcome().stream())
                .forEach(outcome -> counts.merge(outcome.result().key(), 1L, Long::sum));
        return counts;
    }

    public Set<Uid> formerUids() {
        Set<Uid> uids = new HashSet<>();
        for (AccountChange change : moves()) {
            uids.add(change.uidFrom());
        }
        restarts().forEach(record -> uids.addAll(record.plan().files().formerUids()));
        return uids;
    }

    public Set<Gid> formerGids() {
        Set<Gid> gids = new HashSet<>();
        for (AccountChange change : moves()) {
            gids.add(change.gidFrom());
        }
        restarts().forEach(record -> gids.addAll(record.plan().files().formerGids()));
        return gids;
    }

    /** Those that one account had, and no other. */
    public FormerOf formerOf(String user) {
        List<AccountChange> own =
                moves().stream().filter(change -> change.user().equals(user)).toList();
        return new FormerOf(
                user,
                own.stream().map(AccountChange::uidFrom).collect(Collectors.toSet()),
                own.stream().map(AccountChange::gidFrom).collect(Collectors.toSet()));
    }

    /** What libvirt had cached before it was restarted, nobody but the journal knows any more. */
    private List<Conversions.Record> restarts() {
        return conversions.stream()
                .filter(record -> record.plan().kind() == ConversionKind.RESTART_LIBVIRT)
                .toList();
    }

    /** Also of conversions that are still open: their old numbers may be on files already. */
    private List<AccountChange> moves() {
        return conversions.stream()
                .filter(record -> record.plan().kind().changesIds())
                .flatMap(record -> record.plan().changes().stream())
                .toList();
    }
}
