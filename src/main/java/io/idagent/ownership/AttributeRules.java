package io.idagent.ownership;

import java.util.Optional;

/**
 * What becomes of an attribute in which numbers of owners stand: those that the account gives up are replaced. Nothing is
 * adopted here; a number without a name in an ACL may be anybody's.
 */
final class AttributeRules {

    private final OwnerRules rules;

    AttributeRules(OwnerRules rules) {
        this.rules = rules;
    }

    /** @param after equal to the value that was judged, for {@link Reason#ALREADY_TARGET} */
    record Verdict(AttributeValue after, Reason reason) {}

    /** @return empty if the value is none of our business, or in a form that this program does not know */
    Optional<Verdict> judge(OwnerAttribute attribute, byte[] value) {
        return switch (attribute) {
            case ACL, DEFAULT_ACL -> PosixAcl.parse(value).flatMap(this::judge);
            case LIBVIRT_RECORD -> LibvirtRecord.parse(value).flatMap(record -> judge(record, value));
        };
    }

    private Optional<Verdict> judge(PosixAcl acl) {
        PosixAcl after = acl.with(rules.uids(), rules.gids());
        return verdict(
                !after.equals(acl), acl.names(rules.alreadyTargetUids(), rules.alreadyTargetGids()), after.format());
    }

    private Optional<Verdict> judge(LibvirtRecord record, byte[] value) {
        LibvirtRecord after = record.with(rules.uids(), rules.gids());
        boolean changes = !after.equals(record);
        boolean hasTarget = rules.alreadyTargetUids().contains(record.owner().uid())
                || rules.alreadyTargetGids().contains(record.owner().gid());
        return verdict(changes, hasTarget, changes ? after.format() : value);
    }

    private static Optional<Verdict> verdict(boolean changes, boolean hasTarget, byte[] after) {
        if (changes) {
            return Optional.of(new Verdict(AttributeValue.of(after), Reason.FORMER_ID));
        }
        return hasTarget ? Optional.of(new Verdict(AttributeValue.of(after), Reason.ALREADY_TARGET)) : Optional.empty();
    }
}
