package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.migration.MigrationFinding.Kind;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import java.util.Optional;

/** Whether the accounts have the numbers they are to have, on both sides, and libvirt knows it. */
final class IdChecks implements Check {

    private static final String CONVERT = "libvirt-id-agent --convert-now, when no guest is left there";

    @Override
    public void look(MigrationFacts facts, Findings found) {
        Account qemu = facts.accounts().get(0);
        facts.sides().forEach(side -> target(side, qemu, found));
        facts.sides().forEach(side -> cached(side, qemu, found));
        facts.other().ifPresent(there -> differ(facts.here(), there, qemu.target(), found));
        facts.accounts().stream().skip(1).forEach(account -> others(facts, account, found));
    }

    private static void target(MigrationFacts.Side side, Account qemu, Findings found) {
        Optional<Owner> label = side.libvirt().baseLabel().filter(now -> !now.equals(qemu.target()));
        // A qemu that runs as root, or as somebody else, is no host to convert.
        boolean runsAsAccount = side.look()
                .map(look -> look.setting("qemu.conf user")
                        .filter(name -> !name.equals(qemu.user()))
                        .isEmpty())
                .orElse(true);
        if (label.isPresent() && runsAsAccount) {
            found.warning(
                    Kind.IDS_NOT_TARGET,
                    Optional.empty(),
                    side.name() + " runs guests as " + label.get() + " and not as " + qemu.target(),
                    "hosts with other numbers cannot open images that these guests write",
                    "on " + side.name() + ": " + CONVERT);
        }
    }

    private static void cached(MigrationFacts.Side side, Account qemu, Findings found) {
        Optional<HostLook> look = Fact.valueOf(side.look());
        Optional<Owner> label = side.libvirt().baseLabel();
        Optional<Uid> uid = look.map(HostLook::users).map(users -> users.get(qemu.user()));
        Optional<Gid> gid = look.map(HostLook::groups).map(groups -> groups.get(qemu.group()));
        boolean byName = look.flatMap(known -> known.setting("qemu.conf user"))
                        .map(qemu.user()::equals)
                        .orElse(true)
                && look.flatMap(known -> known.setting("qemu.conf group"))
                        .map(qemu.group()::equals)
                        .orElse(true);
        if (!byName || label.isEmpty() || uid.isEmpty() || gid.isEmpty()) {
            return;
        }
        Owner named = new Owner(uid.get(), gid.get());
        if (!named.equals(label.get())) {
            found.error(
                    Kind.BASE_LABEL_STALE,
                    Optional.empty(),
                    "libvirt on " + side.name() + " still takes " + qemu.user() + " for " + label.get() + "; it is "
                            + named,
                    "a guest that starts or arrives there runs under the old number",
                    "on " + side.name() + ": systemctl restart libvirtd (guests go on running)");
        }
    }

    private static void differ(MigrationFacts.Side here, MigrationFacts.Side there, Owner target, Findings found) {
        Optional<Owner> mine = here.libvirt().baseLabel();
        Optional<Owner> theirs = there.libvirt().baseLabel();
        if (mine.isPresent() && theirs.isPresent() && !mine.equals(theirs)) {
            found.error(
                    Kind.IDS_DIFFER,
                    Optional.empty(),
                    "guests run as " + mine.get() + " on " + here.name() + ", and as " + theirs.get() + " on "
                            + there.name(),
                    "the other side gets 'Permission denied' for the images; where root may change owners there, a"
                            + " migration that fails takes the image away from the guest that still runs here",
                    mine.get().equals(target)
                            ? "on " + there.name() + ": libvirt-id-agent evacuate --to qemu+ssh://" + here.name()
                                    + "/system --convert"
                            : "libvirt-id-agent evacuate --to "
                                    + there.libvirt().uri() + " --convert");
        }
    }

    private static void others(MigrationFacts facts, Account account, Findings found) {
        Optional<String> mine = numbers(facts.lookHere(), account);
        Optional<String> theirs = numbers(facts.lookThere(), account);
        String target = account.target().toString();
        boolean differ = mine.isPresent() && theirs.isPresent() && !mine.equals(theirs);
        if (differ) {
            found.error(
                    Kind.ACCOUNTS_DIFFER,
                    Optional.empty(),
                    account.user() + " is " + mine.get() + " on " + facts.here().name() + ", and " + theirs.get()
                            + " on " + facts.other().orElseThrow().name(),
                    "what it writes on shared storage belongs to somebody else on the other side",
                    "give it " + target + " on both sides, when no guest is left there");
        } else if (mine.filter(numbers -> !numbers.equals(target)).isPresent()) {
            found.warning(
                    Kind.ACCOUNTS_DIFFER,
                    Optional.empty(),
                    account.user() + " is " + mine.get() + " on " + facts.here().name() + " and not " + target,
                    "what it writes on shared storage belongs to somebody else on other hosts",
                    "give it " + target + ", when no guest is left here");
        }
    }

    private static Optional<String> numbers(Optional<HostLook> look, Account account) {
        return look.filter(known -> known.users().containsKey(account.user())
                        && known.groups().containsKey(account.group()))
                .map(known ->
                        known.users().get(account.user()) + ":" + known.groups().get(account.group()));
    }
}
