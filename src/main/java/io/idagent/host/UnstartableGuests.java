package io.idagent.host;

import io.idagent.platform.DacLabel;
import io.idagent.platform.Domain;
import io.idagent.platform.DomainFile;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.QemuConf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Decides which defined domains could start under the current ids and not under the target ids.
 *
 * <p>When a domain starts, libvirt gives its files to the account, as root, so most files need no thought. It cannot where
 * {@code dynamic_ownership = 0}, where the domain or the disk says {@code relabel='no'}, on a read-only mount, and where
 * the file system does not take root for root (root_squash). There the owner and mode must let the target in: those the
 * file has once the conversion has changed it, if it is among the files that the conversion changes. A domain whose
 * static label names a number that is given up is out of reach whatever its files are.
 *
 * <p>ACLs are not looked at: a file that only an ACL opens up is listed although its guest would start.
 *
 * @param current the ids qemu runs under now
 * @param target the ids it shall run under; a half in which qemu does not run as the account is the same in both
 * @param otherGroups supplementary groups of the account (kvm), which stay
 * @param dynamicOwnership of qemu.conf
 */
public record UnstartableGuests(Owner current, Owner target, Set<Gid> otherGroups, boolean dynamicOwnership) {

    public UnstartableGuests {
        otherGroups = Set.copyOf(otherGroups);
    }

    public static UnstartableGuests of(QemuConf conf, Owner current, Owner target, Set<Gid> otherGroups) {
        return new UnstartableGuests(current, target, otherGroups, conf.dynamicOwnership());
    }

    /**
     * @param look asked only for files about which libvirt's rules alone do not decide
     * @return unknown if a file that decides could not be looked at
     */
    public Fact<List<UnstartableGuest>> among(List<Domain> domains, Function<String, GuestFileFacts> look) {
        List<UnstartableGuest> unstartable = new ArrayList<>();
        Set<String> notSeen = new TreeSet<>();
        for (Domain domain : domains) {
            if (domain.label().filter(DacLabel::isStatic).isPresent()) {
                // It runs under its label and not under the account: the label alone decides.
                staticLabel(domain, Optional.empty(), domain.label().get()).ifPresent(unstartable::add);
                continue;
            }
            for (DomainFile file : domain.files()) {
                judge(domain, file, look, notSeen).ifPresent(unstartable::add);
            }
        }
        return notSeen.isEmpty()
                ? Fact.known(List.copyOf(unstartable))
                : Fact.unknown("whether all guests would start: " + String.join("; ", notSeen));
    }

    private Optional<UnstartableGuest> judge(
            Domain domain, DomainFile file, Function<String, GuestFileFacts> look, Set<String> notSeen) {
        if (file.label().filter(DacLabel::isStatic).isPresent()) {
            return staticLabel(domain, Optional.of(file.path()), file.label().get());
        }
        GuestFileFacts facts = look.apply(file.path());
        Optional<UnstartableGuest> closed = closedDirectory(domain, file, facts.sight());
        if (closed.isPresent()) {
            return closed;
        }
        Optional<String> obstacle = obstacle(domain, file, facts);
        if (obstacle.isEmpty() && facts.local()) {
            return Optional.empty();
        }
        if (facts.sight() instanceof GuestFileFacts.NotSeen blind) {
            notSeen.add(file.path() + ": " + blind.reason());
            return Optional.empty();
        }
        if (facts.sight() instanceof GuestFileFacts.RootRefused) {
            return Optional.of(new UnstartableGuest(
                    domain.name(),
                    Optional.of(file.path()),
                    "The " + facts.fileSystem() + " file system does not let root reach " + file.path()
                            + ", so it cannot be told whether " + target + " could.",
                    onServer(file.path())));
        }
        if (facts.sight() instanceof GuestFileFacts.Present present) {
            Owner then = facts.reowned() ? afterConversion(present.owner()) : present.owner();
            if (mayOpen(target, then, present.mode(), file.readOnly())) {
                return Optional.empty();
            }
            if (obstacle.isEmpty() && present.rootMayGive().isEmpty()) {
                notSeen.add(
                        file.path() + ": only root can tell whether " + facts.fileSystem() + " lets root change it");
                return Optional.empty();
            }
            return outOfReach(domain, file, facts, present, obstacle);
        }
        return Optional.empty();
    }

    /** libvirt gives files away, and no directories. */
    private Optional<UnstartableGuest> closedDirectory(Domain domain, DomainFile file, GuestFileFacts.Sight sight) {
        List<GuestFileFacts.Directory> way =
                sight instanceof GuestFileFacts.Present present ? present.way() : List.of();
        return way.stream()
                .filter(directory -> mayEnter(current, directory.owner(), directory.mode()))
                .filter(directory -> !mayEnter(
                        target,
                        directory.reowned() ? afterConversion(directory.owner()) : directory.owner(),
                        directory.mode()))
                .findFirst()
                .map(directory -> new UnstartableGuest(
                        domain.name(),
                        Optional.of(file.path()),
                        directory.path() + ", on the way to " + file.path() + ", belongs to " + directory.owner()
                                + " with mode " + Integer.toOctalString(directory.mode()) + ": " + target
                                + " could not enter it.",
                        "Open it (chmod o+x " + directory.path() + "), or have it changed too: "
                                + "idagent.additional-roots=" + directory.path() + "."));
    }

    /** For a file whose owner and mode do not let the target in. */
    private Optional<UnstartableGuest> outOfReach(
            Domain domain,
            DomainFile file,
            GuestFileFacts facts,
            GuestFileFacts.Present present,
            Optional<String> obstacle) {
        boolean libvirtGives = obstacle.isEmpty() && present.rootMayGive().orElse(false);
        boolean startsNow = mayOpen(current, present.owner(), present.mode(), file.readOnly());
        if (libvirtGives || !startsNow) {
            return Optional.empty();
        }
        String reason = obstacle.orElse("the " + facts.fileSystem()
                + " file system does not let root change owners (as with root_squash), or keeps none");
        return Optional.of(new UnstartableGuest(
                domain.name(),
                Optional.of(file.path()),
                file.path() + " belongs to " + present.owner() + " with mode "
                        + Integer.toOctalString(present.mode()) + ", " + target + " could not open it, and "
                        + reason + ".",
                facts.local()
                        ? "Give it to " + target + " after the conversion (chown " + target + " " + file.path() + ")."
                        : onServer(file.path())));
    }

    /** Why libvirt would not give the file away, as far as it can be told without looking at the file. */
    private Optional<String> obstacle(Domain domain, DomainFile file, GuestFileFacts facts) {
        if (!dynamicOwnership) {
            return Optional.of("dynamic_ownership = 0 in qemu.conf keeps libvirt from changing that");
        }
        boolean relabels = domain.label().map(DacLabel::relabel).orElse(true)
                && file.label().map(DacLabel::relabel).orElse(true);
        if (!relabels) {
            return Optional.of("a seclabel with relabel='no' keeps libvirt from changing that");
        }
        if (facts.readOnly()) {
            return Optional.of("its file system is mounted read-only");
        }
        return Optional.empty();
    }

    private Optional<UnstartableGuest> staticLabel(Domain domain, Optional<String> file, DacLabel label) {
        boolean losesUser = !current.uid().equals(target.uid())
                && label.uid().filter(current.uid()::equals).isPresent();
        boolean losesGroup = !current.gid().equals(target.gid())
                && label.gid().filter(current.gid()::equals).isPresent();
        if (!losesUser && !losesGroup) {
            return Optional.empty();
        }
        return Optional.of(new UnstartableGuest(
                domain.name(),
                file,
                "Its definition fixes the owner " + label.label().orElse("") + " by number"
                        + file.map(path -> " for " + path).orElse("") + ", which the conversion gives up.",
                "Take the seclabel out with: virsh edit " + domain.name() + ", or put the target there: +"
                        + target.uid() + ":+" + target.gid() + "."));
    }

    private Owner afterConversion(Owner owner) {
        return new Owner(
                owner.uid().equals(current.uid()) ? target.uid() : owner.uid(),
                owner.gid().equals(current.gid()) ? target.gid() : owner.gid());
    }

    /** The permission check of the kernel ({@code path_resolution(7)}): the first class that fits decides alone. */
    private boolean mayOpen(Owner who, Owner owner, int mode, boolean readOnly) {
        int needed = readOnly ? 4 : 6;
        return (bitsFor(who, owner, mode) & needed) == needed;
    }

    private boolean mayEnter(Owner who, Owner owner, int mode) {
        return (bitsFor(who, owner, mode) & 1) != 0;
    }

    private int bitsFor(Owner who, Owner owner, int mode) {
        if (who.uid().value() == 0) {
            return 7;
        }
        int bits;
        if (owner.uid().equals(who.uid())) {
            bits = mode >> 6;
        } else if (owner.gid().equals(who.gid()) || otherGroups.contains(owner.gid())) {
            bits = mode >> 3;
        } else {
            bits = mode;
        }
        return bits & 7;
    }

    private String onServer(String path) {
        return "Where it is kept (the storage server, or the mount's options) give " + path + " to " + target
                + ", or open it to that user, when the hosts that use it are ready for it.";
    }
}
