package io.idagent.migration;

import static io.idagent.migration.SideShell.quoted;

import io.idagent.host.Fact;
import io.idagent.migration.MigrationFinding.Kind;
import io.idagent.platform.DacLabel;
import io.idagent.platform.Gid;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.LibvirtSide;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Numbers that the account had, or is about to give up, in definitions of guests and storage pools. */
final class LabelChecks implements Check {

    @Override
    public void look(MigrationFacts facts, Findings found) {
        Numbers former = Numbers.of(facts);
        for (LibvirtGuest guest : facts.guests()) {
            List<DacLabel> labels = new ArrayList<>(guest.defined().labels());
            labels.stream()
                    .filter(DacLabel::isStatic)
                    .filter(label -> label.uid().filter(former.uids::contains).isPresent()
                            || label.gid().filter(former.gids::contains).isPresent())
                    .forEach(label -> found.error(
                            Kind.LABEL_NAMES_FORMER_ID,
                            Optional.of(guest.name()),
                            "its definition has <seclabel> with "
                                    + label.label().orElse("") + ", a former number of the account",
                            "it runs under that number, which is nobody's on a converted host",
                            "virsh edit " + quoted(guest.name()) + ", and there take the <seclabel> out"));
        }
        for (LibvirtSide.PoolOwner pool : facts.here().libvirt().pools()) {
            if (pool.uid().filter(former.uids::contains).isPresent()
                    || pool.gid().filter(former.gids::contains).isPresent()) {
                found.warning(
                        Kind.POOL_NAMES_FORMER_ID,
                        Optional.empty(),
                        "storage pool " + pool.pool() + " has <permissions> with "
                                + pool.uid().map(Uid::toString).orElse("-") + ":"
                                + pool.gid().map(Gid::toString).orElse("-") + ", a former number of the account",
                        "libvirt gives the pool's directory to that number when it builds the pool",
                        "virsh pool-edit " + pool.pool() + ", and there take <owner> and <group> out");
            }
        }
    }

    private record Numbers(Set<Uid> uids, Set<Gid> gids) {

        /** What the account has now is a former number too, once it is to have another one. */
        static Numbers of(MigrationFacts facts) {
            Set<Uid> uids = new HashSet<>(facts.former().uids());
            Set<Gid> gids = new HashSet<>(facts.former().gids());
            facts.here().libvirt().baseLabel().map(Owner::uid).ifPresent(uids::add);
            facts.here().libvirt().baseLabel().map(Owner::gid).ifPresent(gids::add);
            for (Account account : facts.accounts()) {
                Fact.valueOf(facts.here().look()).ifPresent(look -> {
                    Optional.ofNullable(look.users().get(account.user())).ifPresent(uids::add);
                    Optional.ofNullable(look.groups().get(account.group())).ifPresent(gids::add);
                });
            }
            for (Account account : facts.accounts()) {
                uids.remove(account.uid());
                gids.remove(account.gid());
            }
            uids.remove(Uid.ROOT);
            gids.remove(new Gid(0));
            return new Numbers(uids, gids);
        }
    }
}
