package io.idagent.conversion;

import static io.idagent.host.HostStory.owner;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.conversion.ConversionPlan.LabelHalves;
import io.idagent.host.AccountChange;
import io.idagent.host.FileScope;
import io.idagent.host.NamesBesideReserved;
import io.idagent.host.ReservedIds;
import io.idagent.ownership.DiskFlush;
import io.idagent.ownership.OwnerChanger;
import io.idagent.ownership.OwnershipScanner;
import io.idagent.ownership.Root;
import io.idagent.ownership.SharedStorage;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Commands;
import io.idagent.platform.Gid;
import io.idagent.platform.LibC;
import io.idagent.platform.LocalAccounts;
import io.idagent.platform.MountTable;
import io.idagent.platform.Names;
import io.idagent.platform.Owner;
import io.idagent.platform.Services;
import io.idagent.platform.ShadowTools;
import io.idagent.platform.Uid;
import io.idagent.platform.Unit;
import io.idagent.settings.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * For tests of the steps themselves: account files and owners of a system in a directory, changed by the real usermod and
 * groupmod. Only the service manager and libvirt are told of: what those two really do is the lab's. Needs root.
 */
abstract class OldSystem {

    static final Owner OLD = owner(109, 114);
    static final Owner NEW = owner(64055, 64055);
    static final LibvirtUnits UNITS = new LibvirtUnits(
            List.of("libvirtd.service", "libvirtd.socket", "libvirtd-tcp.socket"),
            List.of("libvirtd.service", "libvirtd.socket"),
            List.of("libvirt-guests.service"));

    @TempDir
    Path directory;

    private TreeBase base;
    LocalAccounts files;
    Names names;
    ReservedIds reserved;
    Reservations reservations = new Reservations(true, Set.of(), Set.of());
    Conversions conversions;
    final List<String> told = new ArrayList<>();
    final List<String> services = new ArrayList<>();
    boolean shuttingDown;
    List<String> inTheWay = List.of();
    Optional<Owner> label = Optional.of(NEW);
    Map<Step, StepAction> actions;

    @BeforeEach
    void anOldSystem() throws IOException {
        write("etc/passwd", "root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:109:105::/var/lib/libvirt:/usr/sbin/nologin\n");
        write("etc/group", "root:x:0:\nkvm:x:105:\nlibvirt-qemu:x:114:\n");
        write("etc/shadow", "root:*:19000::::::\nlibvirt-qemu:!:19000::::::\n");
        write("etc/gshadow", "root:*::\nkvm:!::\nlibvirt-qemu:!::\n");
        for (int i = 0; i < 300; i++) {
            own(write("images/" + i, "x"), OLD);
        }
        write("images/roots", "x");
        base = TreeBase.below(LibC.load(), directory);
        files = LocalAccounts.in(directory.resolve("etc"));
        reserved = new ReservedIds(files, List.of(Account.LIBVIRT_QEMU));
        names = NamesBesideReserved.ofVisible(files, reserved);
        conversions = new Conversions(directory.resolve("state"));
        actions = actions();
    }

    @AfterEach
    void close() {
        base.close();
    }

    Map<Step, StepAction> actions() {
        OwnershipScanner scanner = new OwnershipScanner(LibC.load(), names, MountTable::ofThisProcess);
        InventoryStep inventory = new InventoryStep(scanner, base, conversions);
        ChangeOwnersStep owners = new ChangeOwnersStep(new OwnerChanger(LibC.load()), base);
        Map<Step, StepAction> all = new EnumMap<>(Step.class);
        all.put(Step.INVENTORY, inventory);
        all.put(Step.CLOSE_LIBVIRT, new CloseLibvirtStep(new Told()));
        all.put(Step.LOOK_AGAIN, new LookAgainStep(plan -> inTheWay));
        ShadowTools shadow = new ShadowTools(new Commands(), Duration.ofSeconds(20), Optional.of(directory));
        NumberKeeper keeper = new NumberKeeper(shadow, reserved, names, directory.resolve("etc"));
        all.put(Step.CHANGE_IDS, new ChangeIdsStep(shadow, names, directory.resolve("etc"), keeper));
        all.put(Step.HOLD_NUMBERS, new HoldNumbersStep(new Commands(), Duration.ofSeconds(20), Duration.ofSeconds(15)));
        all.put(Step.CHANGE_OWNERS, owners);
        all.put(Step.OPEN_LIBVIRT, new OpenLibvirtStep(new Told()));
        all.put(
                Step.PROVE,
                new ProveStep(
                        names,
                        () -> label,
                        inventory,
                        owners,
                        () -> new DiskFlush(LibC.load(), MountTable::ofThisProcess, base),
                        new SettleNumbers(reserved, keeper, names, directory.resolve("etc"))));
        return all;
    }

    ConversionPlan plan(ConversionKind kind, Owner from, Owner to, Optional<String> rollsBack) {
        return plan(kind, from, to, rollsBack, Set.of(), Set.of());
    }

    /** Files that still have numbers of before get those that the account has. */
    ConversionPlan reOwn(Owner former) {
        return plan(ConversionKind.RE_OWN, NEW, NEW, Optional.empty(), Set.of(former.uid()), Set.of(former.gid()));
    }

    private ConversionPlan plan(
            ConversionKind kind,
            Owner from,
            Owner to,
            Optional<String> rollsBack,
            Set<Uid> formerUids,
            Set<Gid> formerGids) {
        FileScope files = new FileScope(
                List.of(new AccountChange(
                        "libvirt-qemu",
                        from.uid(),
                        to.uid(),
                        "libvirt-qemu",
                        from.gid(),
                        to.gid(),
                        "/var/lib/libvirt")),
                List.of(Root.reporting(Path.of("/images"))),
                List.of(),
                formerUids,
                formerGids,
                Optional.empty(),
                SharedStorage.REPORT,
                List.of(),
                List.of(),
                List.of());
        return new ConversionPlan(kind, false, files, UNITS, new LabelHalves(true, true), rollsBack, reservations);
    }

    ConversionOutcome convert() throws IOException {
        return run(plan(ConversionKind.CONVERT, OLD, NEW, Optional.empty()));
    }

    ConversionOutcome run(ConversionPlan plan) throws IOException {
        return new ConversionRunner(conversions, actions, Clock.systemUTC()).run(plan, new Listener());
    }

    void assertIds(Owner ids) throws Exception {
        assertEquals(ids.uid(), names.user("libvirt-qemu").orElseThrow().uid());
        assertEquals(ids.gid(), names.group("libvirt-qemu").orElseThrow().gid());
    }

    Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** @param attribute "+i": nobody can change or remove it until "-i" */
    void chattr(String attribute, String name) throws Exception {
        String file = directory.resolve(name).toString();
        assertEquals(0, new ProcessBuilder("chattr", attribute, file).start().waitFor());
    }

    static void own(Path file, Owner owner) throws IOException {
        Files.setAttribute(file, "unix:uid", (int) owner.uid().value());
        Files.setAttribute(file, "unix:gid", (int) owner.gid().value());
    }

    String ownerOf(String name) throws IOException {
        Map<String, Object> ids =
                Files.readAttributes(directory.resolve(name), "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        return ids.get("uid") + ":" + ids.get("gid");
    }

    /** What is asked of the service manager. */
    private final class Told implements Services {
        @Override
        public List<Unit> libvirtUnits() {
            return List.of();
        }

        @Override
        public List<String> activeDependents(List<String> units) {
            return List.of();
        }

        @Override
        public void hold(List<String> units) {
            services.add("hold " + String.join(" ", units));
        }

        @Override
        public void release(List<String> units) {
            services.add("release " + String.join(" ", units));
        }

        @Override
        public void stop(List<String> units) {
            services.add("stop " + String.join(" ", units));
        }

        @Override
        public void start(List<String> units) {
            services.add("start " + String.join(" ", units));
        }

        @Override
        public boolean isShuttingDown() {
            return shuttingDown;
        }

        @Override
        public boolean libvirtWaitsForUs() {
            return false;
        }
    }

    private final class Listener implements ConversionListener {
        @Override
        public void started(Step step) {}

        @Override
        public void progress(Step step, long done, long total) {}

        @Override
        public void done(Step step, Duration took, String result) {
            told.add(step + ": " + result);
        }

        @Override
        public void failed(Step step, String why) {
            told.add(step + " failed: " + why);
        }

        @Override
        public void undoing(Step step) {}
    }
}
