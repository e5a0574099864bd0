package io.idagent.assessment;

import io.idagent.host.AccountFacts;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.FormerIds;
import io.idagent.host.Guest;
import io.idagent.host.HostSnapshot;
import io.idagent.host.IdUser;
import io.idagent.host.ImageUser;
import io.idagent.host.ProcessesInTheWay;
import io.idagent.host.UnstartableGuest;
import io.idagent.host.WatchedIds;
import io.idagent.platform.QemuConf;
import io.idagent.settings.Account;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every rule about what forbids a change of ids. What is not known forbids it as well. */
final class Blockers {

    /** Directories that usermod itself needs: it cannot run where an empty one covers them. */
    private static final Set<Path> NEEDED_BY_USERMOD = Set.of(
            Path.of("/"),
            Path.of("/bin"),
            Path.of("/dev"),
            Path.of("/etc"),
            Path.of("/lib"),
            Path.of("/lib64"),
            Path.of("/proc"),
            Path.of("/run"),
            Path.of("/sbin"),
            Path.of("/sys"),
            Path.of("/usr"),
            Path.of("/usr/bin"),
            Path.of("/usr/lib"),
            Path.of("/usr/sbin"),
            Path.of("/var"));

    /** Of a system that does not run it needs the account files alone. */
    private static final Set<Path> NEEDED_BELOW_A_ROOT = Set.of(Path.of("/"), Path.of("/etc"));

    private final HostSnapshot host;
    private final List<Blocker> found = new ArrayList<>();

    private Blockers(HostSnapshot host) {
        this.host = host;
    }

    /** What forbids a conversion of a host whose ids are wrong. */
    static List<Blocker> forConversion(HostSnapshot host, ConversionFact conversion, boolean acceptUnstartable) {
        Blockers blockers = new Blockers(host);
        blockers.found.addAll(forAnyChange(conversion));
        host.accounts().forEach(blockers::aboutAccount);
        blockers.aboutNameServices();
        blockers.aboutProcesses();
        blockers.aboutLibvirt();
        if (!acceptUnstartable) {
            blockers.aboutUnstartable();
        }
        blockers.aboutWriting();
        return blockers.found;
    }

    /** What forbids to re-own files while libvirt stays up. */
    static List<Blocker> forReOwning(HostSnapshot host, ConversionFact conversion) {
        Blockers blockers = new Blockers(host);
        blockers.found.addAll(forAnyChange(conversion));
        blockers.aboutNameServices();
        blockers.aboutFormerIdsInUse();
        blockers.cannotSeeLibvirt();
        return blockers.found;
    }

    /** What forbids to restart libvirt: guests do not mind, but it looks its account up by name when it starts. */
    static List<Blocker> forRestart(HostSnapshot host, ConversionFact conversion) {
        Blockers blockers = new Blockers(host);
        blockers.found.addAll(forAnyChange(conversion));
        blockers.aboutNameServices();
        return blockers.found;
    }

    /** A conversion that was cut off comes before everything else, and one that cannot be seen may be such a one. */
    static List<Blocker> forAnyChange(ConversionFact conversion) {
        return conversion instanceof ConversionFact.NotSeen notSeen
                ? List.of(new Blocker.CannotSee("whether an earlier conversion is unfinished", notSeen.reason()))
                : List.of();
    }

    /** What forbids to finish a conversion that was cut off: guests that have started since. */
    static List<Blocker> forRecovery(HostSnapshot host) {
        Blockers blockers = new Blockers(host);
        blockers.aboutProcesses();
        return blockers.found;
    }

    static boolean runsUnderFormerIds(Guest guest, HostSnapshot host) {
        return carries(guest.ids(), formerUids(host), formerGids(host));
    }

    private static Set<?> formerUids(HostSnapshot host) {
        return host.former().orElse(FormerIds.NONE).uids();
    }

    private static Set<?> formerGids(HostSnapshot host) {
        return host.former().orElse(FormerIds.NONE).gids();
    }

    private void aboutAccount(AccountFacts facts) {
        Account account = facts.account();
        cannotSee("the user " + account.user(), facts.user());
        cannotSee("the group " + account.group(), facts.group());
        if (facts.change().isEmpty()) {
            if (facts.user().isKnown() && facts.user().orElse(Optional.empty()).isEmpty()) {
                found.add(new Blocker.AccountIncomplete("user " + account.user()));
            }
            if (facts.group().isKnown()
                    && facts.group().orElse(Optional.empty()).isEmpty()) {
                found.add(new Blocker.AccountIncomplete("group " + account.group()));
            }
            return;
        }
        cannotSee("whether the user " + account.user() + " is local", facts.userIsLocal());
        cannotSee("whether the group " + account.group() + " is local", facts.groupIsLocal());
        if (!facts.userIsLocal().orElse(true)) {
            found.add(new Blocker.AccountNotLocal("the user " + account.user()));
        }
        if (!facts.groupIsLocal().orElse(true)) {
            found.add(new Blocker.AccountNotLocal("the group " + account.group()));
        }
        facts.uidHolder()
                .orElse(Optional.empty())
                .ifPresent(holder -> found.add(new Blocker.UidTaken(account.uid(), holder)));
        facts.gidHolder()
                .orElse(Optional.empty())
                .ifPresent(holder -> found.add(new Blocker.GidTaken(account.gid(), holder)));
        Stream.of(facts.uidHolder(), facts.gidHolder())
                .flatMap(holder -> holder.whyUnknown().stream())
                .forEach(this::nameServiceFails);
        String home = facts.change().get().home();
        if (home.isEmpty()
                || (host.offline() ? NEEDED_BELOW_A_ROOT : NEEDED_BY_USERMOD)
                        .contains(Path.of(home).normalize())) {
            found.add(new Blocker.HomeIsRoot(account.user(), home, host.offline()));
        }
    }

    private void aboutNameServices() {
        cannotSee("the name services", host.failingNameServices());
        host.failingNameServices().orElse(List.of()).forEach(this::nameServiceFails);
        cannotSee("whether former ids have names", host.former());
    }

    /** One that is down cannot say several things: once is enough. */
    private void nameServiceFails(String answer) {
        Blocker failing = new Blocker.NameServiceFailing(answer);
        if (!found.contains(failing)) {
            found.add(failing);
        }
    }

    private void aboutProcesses() {
        cannotSee("guests and processes", host.processes());
        ProcessesInTheWay processes = host.processes().orElse(ProcessesInTheWay.NONE);
        for (Guest guest : processes.guests()) {
            found.add(new Blocker.GuestRunning(guest.name(), guest.pid()));
        }
        processes.idUsers().forEach(this::usesId);
        for (ImageUser user : processes.imageUsers()) {
            found.add(new Blocker.ImageInUse(
                    user.program(), user.pid(), user.path().orElse("an image (its open files cannot be seen)")));
        }
        for (IdUser user : processes.targetUsers()) {
            user.ids().uids().forEach(uid -> found.add(new Blocker.UidTaken(uid, "process " + user)));
            user.ids().gids().forEach(gid -> found.add(new Blocker.GidTaken(gid, "process " + user)));
        }
    }

    private void usesId(IdUser user) {
        found.add(new Blocker.ProcessUsesId(user.program(), user.pid(), words(user.ids())));
    }

    static String words(WatchedIds ids) {
        return Stream.concat(
                        ids.uids().stream().sorted().map(uid -> "uid " + uid),
                        ids.gids().stream().sorted().map(gid -> "gid " + gid))
                .collect(Collectors.joining(", "));
    }

    private void aboutFormerIdsInUse() {
        cannotSee("guests and processes", host.processes());
        Set<?> uids = formerUids(host);
        Set<?> gids = formerGids(host);
        ProcessesInTheWay processes = host.processes().orElse(ProcessesInTheWay.NONE);
        for (Guest guest : processes.guests()) {
            if (carries(guest.ids(), uids, gids)) {
                found.add(new Blocker.GuestRunning(guest.name(), guest.pid()));
            }
        }
        for (IdUser user : processes.idUsers()) {
            if (carries(user.ids(), uids, gids)) {
                usesId(user);
            }
        }
    }

    private static boolean carries(WatchedIds ids, Set<?> uids, Set<?> gids) {
        return ids.uids().stream().anyMatch(uids::contains)
                || ids.gids().stream().anyMatch(gids::contains);
    }

    private void aboutLibvirt() {
        cannotSeeLibvirt();
        QemuConf conf = host.libvirt().qemuConf().orElse(QemuConf.DEBIAN_DEFAULTS);
        Set<Object> uids = new HashSet<>(formerUids(host));
        Set<Object> gids = new HashSet<>(formerGids(host));
        host.accounts().stream().flatMap(facts -> facts.change().stream()).forEach(change -> {
            uids.add(change.uidFrom());
            gids.add(change.gidFrom());
        });
        if (isAmong(uids, conf.user())) {
            found.add(new Blocker.NumericUserConfigured("user", conf.user()));
        }
        if (isAmong(gids, conf.group())) {
            found.add(new Blocker.NumericUserConfigured("group", conf.group()));
        }
    }

    /** Another number, such as +0, is not given up: qemu goes on under it. */
    private static boolean isAmong(Set<Object> ids, String setting) {
        return QemuConf.namesNumber(setting)
                && ids.stream().anyMatch(id -> id.toString().equals(QemuConf.number(setting)));
    }

    private void cannotSeeLibvirt() {
        cannotSee("libvirt's daemons", host.libvirt().units());
        cannotSee("what libvirt defines and uses", host.libvirt().report());
        cannotSee("as whom qemu runs", host.libvirt().qemuConf());
    }

    private void aboutUnstartable() {
        cannotSee("whether guests would start afterwards", host.unstartable());
        for (UnstartableGuest guest : host.unstartable().orElse(List.of())) {
            found.add(new Blocker.GuestsWouldNotStart(
                    guest.name(), guest.file().orElse("its definition"), guest.why(), guest.whatToDo()));
        }
    }

    private void aboutWriting() {
        cannotSee("the mounts", host.readOnly());
        host.readOnly().orElse(List.of()).forEach(place -> found.add(new Blocker.ReadOnly(place)));
        host.passwdLock().orElse(Optional.empty()).ifPresent(by -> found.add(new Blocker.PasswdLocked(by)));
        cannotSee("the lock of the account files", host.passwdLock());
    }

    private void cannotSee(String what, Fact<?> fact) {
        fact.whyUnknown().ifPresent(reason -> found.add(new Blocker.CannotSee(what, reason)));
    }
}
