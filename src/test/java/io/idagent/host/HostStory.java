package io.idagent.host;

import io.idagent.ownership.CarriedOwners;
import io.idagent.ownership.MountTally;
import io.idagent.ownership.PathError;
import io.idagent.ownership.Root;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.SharedStorage;
import io.idagent.ownership.Tally;
import io.idagent.platform.Gid;
import io.idagent.platform.GroupEntry;
import io.idagent.platform.LibvirtReport;
import io.idagent.platform.Owner;
import io.idagent.platform.QemuConf;
import io.idagent.platform.Uid;
import io.idagent.platform.Unit;
import io.idagent.platform.UserEntry;
import io.idagent.settings.Account;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A host for tests of rules, in few words: begins with all well, or all old, and says what is different. */
public final class HostStory {

    public static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    public static final Owner OLD = owner(109, 114);
    public static final Owner TARGET = owner(64055, 64055);
    public static final Path IMAGES = Path.of("/var/lib/libvirt");

    private boolean offline;
    private Fact<Optional<UserEntry>> user;
    private Fact<Optional<GroupEntry>> group;
    private Fact<Boolean> userIsLocal = known(true);
    private Fact<Boolean> groupIsLocal = known(true);
    private Fact<Optional<String>> uidHolder = known(Optional.empty());
    private Fact<Optional<String>> gidHolder = known(Optional.empty());
    private Fact<List<String>> failingNameServices = known(List.of());
    private Fact<List<Unit>> units = known(List.of(new Unit("libvirtd.service", true)));
    private Fact<Optional<LibvirtReport>> report;
    private Fact<QemuConf> qemuConf = known(QemuConf.DEBIAN_DEFAULTS);
    private final List<Guest> guests = new ArrayList<>();
    private final List<IdUser> idUsers = new ArrayList<>();
    private final List<IdUser> targetUsers = new ArrayList<>();
    private final List<ImageUser> imageUsers = new ArrayList<>();
    private Optional<String> whyNoProcesses = Optional.empty();
    private Fact<List<UnstartableGuest>> unstartable = known(List.of());
    private Fact<FormerIds> former = known(FormerIds.NONE);
    private Fact<List<ReservedId>> reserved = known(List.of());
    private Fact<ScanResult> files = known(scan(0, 0));
    private Fact<List<String>> readOnly = known(List.of());
    private Fact<Optional<String>> passwdLock = known(Optional.empty());

    private HostStory(Owner ids) {
        has(ids);
        label(ids);
    }

    /** Ids of an old host, libvirt up, no guest, nothing in the way. */
    public static HostStory oldHost() {
        return new HostStory(OLD);
    }

    /** All is as it is to be. */
    public static HostStory newHost() {
        return new HostStory(TARGET);
    }

    public static Owner owner(long uid, long gid) {
        return new Owner(new Uid(uid), new Gid(gid));
    }

    /** A value whose moment does not matter, the same in each run. */
    public static <T> Fact<T> known(T value) {
        return new Fact.Known<>(value, NOON);
    }

    public static WatchedIds ids(Owner owner) {
        return WatchedIds.of(List.of(owner));
    }

    public HostStory has(Owner ids) {
        return user(known(Optional.of(new UserEntry("libvirt-qemu", ids.uid(), new Gid(104), "/var/lib/libvirt"))))
                .group(known(Optional.of(new GroupEntry("libvirt-qemu", ids.gid()))));
    }

    public HostStory home(String home) {
        UserEntry entry = user.orElse(Optional.empty()).orElseThrow();
        return user(known(Optional.of(new UserEntry(entry.name(), entry.uid(), entry.primaryGid(), home))));
    }

    public HostStory user(Fact<Optional<UserEntry>> fact) {
        user = fact;
        return this;
    }

    public HostStory group(Fact<Optional<GroupEntry>> fact) {
        group = fact;
        return this;
    }

    public HostStory noUser() {
        return user(known(Optional.empty()));
    }

    public HostStory noGroup() {
        return group(known(Optional.empty()));
    }

    public HostStory userIsLocal(Fact<Boolean> fact) {
        userIsLocal = fact;
        return this;
    }

    public HostStory groupIsLocal(Fact<Boolean> fact) {
        groupIsLocal = fact;
        return this;
    }

    public HostStory uidHolder(Fact<Optional<String>> fact) {
        uidHolder = fact;
        return this;
    }

    public HostStory gidHolder(Fact<Optional<String>> fact) {
        gidHolder = fact;
        return this;
    }

    public HostStory failingNameServices(Fact<List<String>> fact) {
        failingNameServices = fact;
        return this;
    }

    public HostStory units(Fact<List<Unit>> fact) {
        units = fact;
        return this;
    }

    public HostStory label(Owner label) {
        return report(known(Optional.of(new LibvirtReport(Optional.of(label), List.of(), List.of()))));
    }

    public HostStory report(Fact<Optional<LibvirtReport>> fact) {
        report = fact;
        return this;
    }

    public HostStory withoutLibvirt() {
        return units(known(List.of())).report(known(Optional.empty()));
    }

    public HostStory qemuConf(String confUser, String confGroup) {
        return qemuConf(known(new QemuConf(confUser, confGroup, true)));
    }

    public HostStory qemuConf(Fact<QemuConf> fact) {
        qemuConf = fact;
        return this;
    }

    public HostStory guest(String name, int pid, Owner runsAs) {
        guests.add(new Guest(name, Optional.of(pid), true, Optional.of(runsAs.uid()), ids(runsAs), ids(runsAs)));
        return this;
    }

    /** A qemu that carries none of the watched numbers. */
    public HostStory guestOfSomebodyElse(String name, int pid) {
        guests.add(new Guest(
                name,
                Optional.of(pid),
                false,
                Optional.of(new Uid(1000)),
                WatchedIds.NONE,
                new WatchedIds(Set.of(new Uid(1000)), Set.of())));
        return this;
    }

    public HostStory idUser(int pid, String program, WatchedIds ids) {
        idUsers.add(new IdUser(pid, program, ids));
        return this;
    }

    public HostStory targetUser(int pid, String program, WatchedIds ids) {
        targetUsers.add(new IdUser(pid, program, ids));
        return this;
    }

    public HostStory imageUser(int pid, String program, Optional<String> path) {
        imageUsers.add(new ImageUser(pid, program, path));
        return this;
    }

    public HostStory processesNotSeen(String why) {
        whyNoProcesses = Optional.of(why);
        return this;
    }

    public HostStory unstartable(Fact<List<UnstartableGuest>> fact) {
        unstartable = fact;
        return this;
    }

    public HostStory former(Owner... owners) {
        WatchedIds ids = WatchedIds.of(List.of(owners));
        return former(known(new FormerIds(ids.uids(), ids.gids(), List.of())));
    }

    public HostStory former(Fact<FormerIds> fact) {
        former = fact;
        return this;
    }

    /** A former uid is kept from being given to others; empty: without need. */
    public HostStory reserved(long uid, Optional<String> whyKept) {
        reserved = known(List.of(
                new ReservedId("libvirt-qemu-former-" + uid, Optional.of(new Uid(uid)), Optional.empty(), whyKept)));
        return this;
    }

    public HostStory files(ScanResult scan) {
        return files(known(scan));
    }

    public HostStory files(Fact<ScanResult> fact) {
        files = fact;
        return this;
    }

    public HostStory readOnly(Fact<List<String>> fact) {
        readOnly = fact;
        return this;
    }

    public HostStory passwdLock(Fact<Optional<String>> fact) {
        passwdLock = fact;
        return this;
    }

    public HostStory offline() {
        offline = true;
        return withoutLibvirt();
    }

    public HostSnapshot snapshot() {
        AccountFacts account =
                new AccountFacts(Account.LIBVIRT_QEMU, user, group, userIsLocal, groupIsLocal, uidHolder, gidHolder);
        FormerIds formerIds = former.orElse(FormerIds.NONE);
        Fact<ProcessesInTheWay> processes = whyNoProcesses
                .<Fact<ProcessesInTheWay>>map(Fact::unknown)
                .orElseGet(() -> known(new ProcessesInTheWay(guests, idUsers, targetUsers, imageUsers)));
        return new HostSnapshot(
                NOON,
                offline,
                List.of(account),
                failingNameServices,
                new LibvirtFacts(units, report, qemuConf),
                processes,
                unstartable,
                former,
                reserved,
                account.change()
                        .map(change -> new FileScope(
                                List.of(change),
                                List.of(Root.adopting(IMAGES)),
                                List.of(),
                                formerIds.uids(),
                                formerIds.gids(),
                                Optional.empty(),
                                SharedStorage.REPORT,
                                List.of(),
                                List.of(),
                                List.of())),
                files,
                readOnly,
                passwdLock);
    }

    /** A complete scan that found so many files with former ids, and so many orphans to adopt. */
    public static ScanResult scan(long formerFiles, long orphans) {
        return scan(formerFiles, orphans, Tally.NOTHING, Tally.NOTHING, List.of(), List.of());
    }

    public static ScanResult scan(
            long formerFiles,
            long orphans,
            Tally otherOrphans,
            Tally alreadyTarget,
            List<MountTally> shared,
            List<PathError> errors) {
        return scan(formerFiles, orphans, otherOrphans, alreadyTarget, 0, 0, shared, errors);
    }

    public static ScanResult scan(
            long formerFiles,
            long orphans,
            Tally otherOrphans,
            Tally alreadyTarget,
            long acls,
            long ownerRecords,
            List<MountTally> shared,
            List<PathError> errors) {
        return new ScanResult(
                4711,
                tally(formerFiles, "/var/lib/libvirt/images/old.qcow2"),
                tally(orphans, "/var/lib/libvirt/images/orphan.qcow2"),
                otherOrphans,
                alreadyTarget,
                tally(acls, "/var/lib/libvirt/images/shared.qcow2"),
                tally(ownerRecords, "/var/lib/libvirt/images/recorded.qcow2"),
                Tally.NOTHING,
                shared,
                CarriedOwners.NONE,
                List.of(),
                errors,
                errors.size());
    }

    public static Tally tally(long files, String first) {
        return files == 0 ? Tally.NOTHING : new Tally(files, files * 1024 * 1024, List.of(first));
    }

    /** One thing that stands in the way of a change of ids, told for {@link #oldHost}. */
    public record Obstacle(String name, Supplier<HostStory> host) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Each thing that is not known, in turn. */
    public static List<Obstacle> unknowns(Supplier<HostStory> host) {
        return List.of(
                new Obstacle("user", () -> host.get().user(Fact.unknown("why"))),
                new Obstacle("group", () -> host.get().group(Fact.unknown("why"))),
                new Obstacle("user is local", () -> host.get().userIsLocal(Fact.unknown("why"))),
                new Obstacle("group is local", () -> host.get().groupIsLocal(Fact.unknown("why"))),
                new Obstacle("uid holder", () -> host.get().uidHolder(Fact.unknown("why"))),
                new Obstacle("gid holder", () -> host.get().gidHolder(Fact.unknown("why"))),
                new Obstacle("name services", () -> host.get().failingNameServices(Fact.unknown("why"))),
                new Obstacle("units", () -> host.get().units(Fact.unknown("why"))),
                new Obstacle("report", () -> host.get().report(Fact.unknown("why"))),
                new Obstacle("qemu.conf", () -> host.get().qemuConf(Fact.<QemuConf>unknown("why"))),
                new Obstacle("processes", () -> host.get().processesNotSeen("why")),
                new Obstacle("unstartable guests", () -> host.get().unstartable(Fact.unknown("why"))),
                new Obstacle("former ids", () -> host.get().former(Fact.<FormerIds>unknown("why"))),
                new Obstacle("read-only places", () -> host.get().readOnly(Fact.unknown("why"))),
                new Obstacle("passwd lock", () -> host.get().passwdLock(Fact.unknown("why"))));
    }

    /** Each guest, each other user of an id or an image, and each taken id, in turn. */
    public static List<Obstacle> inTheWay(Supplier<HostStory> host) {
        return List.of(
                new Obstacle("guest", () -> host.get().guest("vm1", 4242, OLD)),
                new Obstacle("guest of root", () -> host.get().guestOfSomebodyElse("vm2", 4243)),
                new Obstacle("user of an id", () -> host.get().idUser(7, "swtpm", ids(OLD))),
                new Obstacle("user of a gid alone", () -> host.get()
                        .idUser(7, "backup", new WatchedIds(Set.of(), Set.of(OLD.gid())))),
                new Obstacle("image", () -> host.get().imageUser(8, "qemu-img", Optional.of("/var/lib/libvirt/a"))),
                new Obstacle("image unseen", () -> host.get().imageUser(8, "qemu-nbd", Optional.empty())),
                new Obstacle("taken uid", () -> host.get().uidHolder(known(Optional.of("user alice")))),
                new Obstacle("taken gid", () -> host.get().gidHolder(known(Optional.of("group staff")))),
                new Obstacle("process with target id", () -> host.get().targetUser(9, "sleep", ids(TARGET))),
                new Obstacle("failing service", () -> host.get().failingNameServices(known(List.of("ldap is down")))));
    }
}
