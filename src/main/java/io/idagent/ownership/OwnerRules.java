package io.idagent.ownership;

import io.idagent.platform.Gid;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a file is to belong to. The uid and the gid are judged each by itself, so that only the half that is wrong
 * changes.
 *
 * @param uids from an id that the account gives up to the one it gets. Whether the old one still counts (a former id does
 *     only while it has no name) is decided by whoever makes the rules; no name service is asked about it here
 * @param gids the same for gids
 * @param adoption what is done with orphans; empty if no orphan is adopted
 * @param alreadyTargetUids uids whose files are noted as {@link Reason#ALREADY_TARGET}
 * @param alreadyTargetGids the same for gids
 */
public record OwnerRules(
        Map<Uid, Uid> uids,
        Map<Gid, Gid> gids,
        Optional<Adoption> adoption,
        Set<Uid> alreadyTargetUids,
        Set<Gid> alreadyTargetGids) {

    public OwnerRules {
        uids = Map.copyOf(uids);
        gids = Map.copyOf(gids);
        alreadyTargetUids = Set.copyOf(alreadyTargetUids);
        alreadyTargetGids = Set.copyOf(alreadyTargetGids);
        uids.forEach(OwnerRules::refuseSame);
        gids.forEach(OwnerRules::refuseSame);
    }

    /**
     * @param adoptsOrphans whether the file lies where orphans may be adopted
     * @param reportsOrphans whether {@link Verdict#orphanStays} is wanted; without it, and without adoption, no name
     *     service is asked
     * @throws NameServiceException if a name service had to be asked and could not answer
     */
    public Verdict judge(Owner owner, boolean adoptsOrphans, boolean reportsOrphans, NamelessIds nameless)
            throws NameServiceException {
        Half<Uid> uid = judgeUid(owner.uid(), adoptsOrphans, reportsOrphans, nameless);
        Half<Gid> gid = judgeGid(owner.gid(), adoptsOrphans, reportsOrphans, nameless);
        Optional<Reason> reason;
        if (uid.is(Kind.FORMER) || gid.is(Kind.FORMER)) {
            reason = Optional.of(Reason.FORMER_ID);
        } else if (uid.is(Kind.ADOPTED) || gid.is(Kind.ADOPTED)) {
            reason = Optional.of(Reason.ORPHAN);
        } else if (uid.is(Kind.TARGET) || gid.is(Kind.TARGET)) {
            reason = Optional.of(Reason.ALREADY_TARGET);
        } else {
            reason = Optional.empty();
        }
        boolean orphanStays = uid.is(Kind.ORPHAN) || gid.is(Kind.ORPHAN);
        return new Verdict(new Owner(uid.after(), gid.after()), reason, orphanStays);
    }

    private Half<Uid> judgeUid(Uid uid, boolean adopts, boolean reports, NamelessIds nameless)
            throws NameServiceException {
        if (uids.containsKey(uid)) {
            return new Half<>(uids.get(uid), Kind.FORMER);
        }
        if (alreadyTargetUids.contains(uid)) {
            return new Half<>(uid, Kind.TARGET);
        }
        boolean adoptable = adopts && adoption.isPresent() && adoption.get().takes(uid);
        if ((adoptable || reports) && nameless.contain(uid)) {
            return adoptable ? new Half<>(adoption.get().uid(), Kind.ADOPTED) : new Half<>(uid, Kind.ORPHAN);
        }
        return new Half<>(uid, Kind.NOT_OURS);
    }

    private Half<Gid> judgeGid(Gid gid, boolean adopts, boolean reports, NamelessIds nameless)
            throws NameServiceException {
        if (gids.containsKey(gid)) {
            return new Half<>(gids.get(gid), Kind.FORMER);
        }
        if (alreadyTargetGids.contains(gid)) {
            return new Half<>(gid, Kind.TARGET);
        }
        boolean adoptable = adopts && adoption.isPresent() && adoption.get().takes(gid);
        if ((adoptable || reports) && nameless.contain(gid)) {
            return adoptable ? new Half<>(adoption.get().gid(), Kind.ADOPTED) : new Half<>(gid, Kind.ORPHAN);
        }
        return new Half<>(gid, Kind.NOT_OURS);
    }

    private static void refuseSame(Object before, Object after) {
        if (before.equals(after)) {
            throw new IllegalArgumentException(before + " is to be changed into itself");
        }
    }

    private enum Kind {
        FORMER,
        ADOPTED,
        TARGET,
        ORPHAN,
        NOT_OURS
    }

    private record Half<I>(I after, Kind kind) {
        boolean is(Kind other) {
            return kind == other;
        }
    }
}
