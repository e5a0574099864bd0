package io.idagent.conversion;

import static io.idagent.host.HostStory.owner;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps themselves, on account files and owners of a system in a directory, by the real usermod and groupmod. Only the
 * service manager and libvirt are told of: what those two really do is the lab's. Needs root.
 */
@Tag("root")
class StepsTest {

    private static final Owner OLD = owner(109, 114);
    private static final Owner NEW = owner(64055, 64055);
    private static final LibvirtUnits UNITS = new LibvirtUnits(
            List.of("libvirtd.service", "libvirtd.socket", "libvirtd-tcp.socket"),
            List.of("libvirtd.service", "libvirtd.socket"),
            List.of("libvirt-guests.service"));

    @TempDir
    private Path directory;

    private TreeBase base;
    private LocalAccounts files;
    private Names names;
    private ReservedIds reserved;
    private Reservations reservations = new Reservations(true, Set.of(), Set.of());
    private Conversions conversions;
    private final List<String> told = new ArrayList<>();
    private final List<String> services = new ArrayList<>();
    private boolean shuttingDown;
    private List<String> inTheWay = List.of();
    private Optional<Owner> label = Optional.of(NEW);
    private Map<Step, StepAction> actions;

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

    private Map<Step, StepAction> actions() {
        OwnershipScanner scanner = new OwnershipScanner(LibC.load(), names, MountTable::ofThisProcess);
        InventoryStep inventory = new InventoryStep(scanner, base, conversions);
        ChangeOwnersStep owners = new ChangeOwnersStep(new OwnerChanger(LibC.load()), base);
        Map<Step, StepAction> all = new EnumMap<>(Step.class);
        all.put(Step.INVENTORY, inventory);
        all.put(Step.CLOSE_LIBVIRT, new CloseLibvirtStep(new Told()));
        all.put(Step.LOOK_AGAIN, new LookAgainStep(plan -> inTheWay));
        ShadowTools shadow = new ShadowTools(new Commands(), Duration.ofSeconds(20), Optional.of(directory));
        NumberKeeper keeper = new NumberKeeper(shadow, reserved, names);
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

    private ConversionPlan plan(ConversionKind kind, Owner from, Owner to, Optional<String> rollsBack) {
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
                Set.of(),
                Set.of(),
                Optional.empty(),
                SharedStorage.REPORT,
                List.of(),
                List.of(),
                List.of());
        return new ConversionPlan(kind, false, files, UNITS, new LabelHalves(true, true), rollsBack, reservations);
    }

    private ConversionOutcome convert() throws IOException {
        return run(plan(ConversionKind.CONVERT, OLD, NEW, Optional.empty()));
    }

    private ConversionOutcome run(ConversionPlan plan) throws IOException {
        return new ConversionRunner(conversions, actions, Clock.systemUTC()).run(plan, new Listener());
    }

    @Test
    void aConversionEndsInTheTargetAndARollbackWhereItBegan() throws Exception {
        own(directory.resolve("images/roots"), owner(64055, 0));
        ConversionOutcome outcome = convert();
        assertEquals(Result.DONE, outcome.result(), outcome.sentence());
        assertEquals("libvirt-qemu has 64055:64055", outcome.sentence());
        assertEquals(300, outcome.filesChanged());
        assertEquals(0, outcome.leftovers());
        assertEquals(Optional.of(0L), outcome.outside().map(outside -> outside.files()));
        assertTrue(outcome.libvirtDown().compareTo(Duration.ZERO) > 0);
        assertTrue(outcome.duration().compareTo(outcome.libvirtDown()) >= 0);
        assertIds(NEW);
        assertEquals("64055:64055", ownerOf("images/17"));
        assertEquals(
                List.of(
                        "INVENTORY: 301 of 302 files",
                        "CLOSE_LIBVIRT: libvirtd.service, libvirtd.socket",
                        "LOOK_AGAIN: none",
                        "CHANGE_IDS: libvirt-qemu 109:114 -> 64055:64055",
                        "HOLD_NUMBERS: ",
                        "CHANGE_OWNERS: 300 files",
                        "OPEN_LIBVIRT: ",
                        "PROVE: nothing is left"),
                told.stream()
                        .map(line -> line.replace("300 of 302", "301 of 302"))
                        .toList());
        assertEquals(
                List.of(
                        "hold libvirtd.service libvirtd.socket libvirtd-tcp.socket",
                        "stop libvirtd.service libvirtd.socket libvirtd-tcp.socket",
                        "release libvirtd.service libvirtd.socket libvirtd-tcp.socket",
                        "start libvirtd.service libvirtd.socket",
                        "stop libvirtd-tcp.socket",
                        "start libvirt-guests.service"),
                services);

        label = Optional.of(OLD);
        String id = conversions.all().get(0).id();
        ConversionOutcome back = run(plan(ConversionKind.ROLL_BACK, NEW, OLD, Optional.of(id)));
        assertEquals(Result.DONE, back.result(), back.sentence());
        assertIds(OLD);
        assertEquals("109:114", ownerOf("images/17"));
        // It had the target's number before anybody else had.
        assertEquals("64055:0", ownerOf("images/roots"));
    }

    @Test
    void whoTurnsUpMeanwhileBlocksItAndAllIsAsBefore() throws Exception {
        inTheWay = List.of("guest vm1 has started", "swtpm (pid 7) runs with an id of the account");
        ConversionOutcome outcome = convert();
        assertEquals(Result.BLOCKED, outcome.result());
        assertTrue(outcome.sentence().startsWith("guest vm1 has started; swtpm (pid 7)"), outcome.sentence());
        assertIds(OLD);
        assertEquals("109:114", ownerOf("images/17"));
        assertEquals("start libvirt-guests.service", services.get(services.size() - 1));
    }

    @Test
    void somebodyElsesChangeOfTheUserIsNotOverwritten() throws Exception {
        write("etc/passwd", Files.readString(directory.resolve("etc/passwd")).replace(":109:", ":110:"));
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNFINISHED, outcome.result());
        assertTrue(outcome.sentence().contains("has changed the user libvirt-qemu: it has 110, neither 109 nor 64055"));
        assertTrue(outcome.sentence().contains("Undoing it failed as well"), outcome.sentence());
        assertEquals("109:114", ownerOf("images/17"));
    }

    @Test
    void somebodyElsesChangeOfTheGroupIsNotOverwritten() throws Exception {
        write("etc/group", Files.readString(directory.resolve("etc/group")).replace(":114:", ":115:"));
        ConversionOutcome outcome = convert();
        assertTrue(
                outcome.sentence().contains("has changed the group libvirt-qemu: it has 115, neither 114 nor 64055"));
    }

    @Test
    void anAccountThatIsGoneIsSaidToBe() throws Exception {
        write("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
        assertTrue(convert().sentence().contains("the user libvirt-qemu is gone from the passwd file"));
        write("etc/passwd", "libvirt-qemu:x:109:105::/var/lib/libvirt:/usr/sbin/nologin\n");
        write("etc/group", "root:x:0:\n");
        assertTrue(convert().sentence().contains("the group libvirt-qemu is gone from the group file"));
    }

    @Test
    void aTargetThatWasTakenMeanwhileIsNotTakenTwiceAndAllIsUndone() throws Exception {
        write("etc/passwd", Files.readString(directory.resolve("etc/passwd")) + "bob:x:64055:105::/:/bin/sh\n");
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNDONE, outcome.result(), outcome.sentence());
        assertTrue(
                outcome.sentence().contains("uid 64055 has been given to the user bob meanwhile"), outcome.sentence());
        assertIds(OLD);
    }

    @Test
    void aGroupThatWasTakenMeanwhileTakesTheUserBackToo() throws Exception {
        write("etc/group", Files.readString(directory.resolve("etc/group")) + "staff:x:64055:\n");
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNDONE, outcome.result(), outcome.sentence());
        assertTrue(outcome.sentence().contains("gid 64055 has been given to the group staff"), outcome.sentence());
        assertIds(OLD);
    }

    @Test
    void libvirtsOwnWordIsTheProof() throws Exception {
        for (Optional<Owner> wrong :
                List.of(Optional.<Owner>empty(), Optional.of(owner(109, 64055)), Optional.of(owner(64055, 114)))) {
            label = wrong;
            ConversionOutcome outcome = convert();
            assertEquals(Result.UNFINISHED, outcome.result());
            String said = wrong.map(Owner::toString).orElse("no numbers at all");
            assertTrue(outcome.sentence().contains("libvirt gives guests " + said), outcome.sentence());
            label = Optional.of(NEW);
            Conversions.Record open = conversions.interrupted().orElseThrow();
            ConversionOutcome finished = new ConversionRunner(conversions, actions, Clock.systemUTC())
                    .recover(open, ConversionListener.NONE);
            assertEquals(Result.DONE, finished.result(), finished.sentence());
            label = Optional.of(OLD);
            run(plan(ConversionKind.ROLL_BACK, NEW, OLD, Optional.of(open.id())));
        }
    }

    @Test
    void onlyTheHalfThatIsTheAccountsIsAskedOfLibvirt() throws Exception {
        label = Optional.of(owner(64055, 105));
        ConversionPlan both = plan(ConversionKind.CONVERT, OLD, NEW, Optional.empty());
        ConversionPlan uidOnly = new ConversionPlan(
                both.kind(),
                false,
                both.files(),
                both.libvirt(),
                new LabelHalves(true, false),
                Optional.empty(),
                Reservations.NONE);
        assertEquals(Result.DONE, run(uidOnly).result());
        label = Optional.of(owner(0, 114));
        ConversionPlan back = plan(ConversionKind.ROLL_BACK, NEW, OLD, Optional.empty());
        ConversionPlan gidOnly = new ConversionPlan(
                back.kind(),
                false,
                back.files(),
                back.libvirt(),
                new LabelHalves(false, true),
                Optional.empty(),
                Reservations.NONE);
        assertEquals(Result.DONE, run(gidOnly).result());
    }

    /** Its owner was the target's when the second conversion began, and yet it had not been all along. */
    @Test
    void aFileThatARollbackCouldNotGiveBackIsGivenBackByTheNextOne() throws Exception {
        own(directory.resolve("images/roots"), NEW);
        convert();
        String first = conversions.all().get(0).id();
        label = Optional.of(OLD);
        setImmutable("+i");
        try {
            ConversionOutcome back = run(plan(ConversionKind.ROLL_BACK, NEW, OLD, Optional.of(first)));
            assertEquals("64055:64055", ownerOf("images/17"));
            assertTrue(
                    back.problems().get(0).contains("/images/17"),
                    back.problems().toString());
        } finally {
            setImmutable("-i");
        }
        label = Optional.of(NEW);
        assertEquals(0, convert().leftovers());
        String second = conversions.all().get(0).id();
        label = Optional.of(OLD);

        ConversionOutcome back = run(plan(ConversionKind.ROLL_BACK, NEW, OLD, Optional.of(second)));

        assertEquals(List.of(), back.problems());
        assertEquals("109:114", ownerOf("images/17"));
        assertEquals("64055:64055", ownerOf("images/roots"), "it had the target's number before anybody else had");
    }

    private void setImmutable(String attribute) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder(
                                "chattr",
                                attribute,
                                directory.resolve("images/17").toString())
                        .start()
                        .waitFor());
    }

    /** What stood before it stands after it, and nothing else. */
    @Test
    void whereItIsUndoneWhatWasReservedIsAgain() throws Exception {
        write("etc/group", Files.readString(directory.resolve("etc/group")) + "staff:x:64055:\n");
        assertEquals(Result.UNDONE, convert().result());
        assertEquals(List.of(), reserved.users());
        assertEquals(List.of(), reserved.groups());

        new ShadowTools(new Commands(), Duration.ofSeconds(20), Optional.of(directory))
                .addLockedUser("libvirt-qemu-former-64055", NEW.uid(), "kvm", ReservedIds.COMMENT, false);
        reservations = new Reservations(true, Set.of(NEW.uid()), Set.of());
        assertEquals(Result.UNDONE, convert().result());
        assertIds(OLD);
        assertEquals(Optional.of("libvirt-qemu-former-64055"), files.userName(NEW.uid()));
        assertEquals(1, reserved.users().size());
    }

    @Test
    void whatIsReservedForAnotherAccountIsNotTaken() throws Exception {
        write(
                "etc/passwd",
                Files.readString(directory.resolve("etc/passwd")) + "nova-former-64055:x:64055:105:"
                        + ReservedIds.COMMENT + ":/nonexistent:/usr/sbin/nologin\n");
        Account nova = new Account("nova", new Uid(7), "nova", new Gid(7));
        reserved = new ReservedIds(files, List.of(Account.LIBVIRT_QEMU, nova));
        names = NamesBesideReserved.ofVisible(files, reserved);
        actions = actions();
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNDONE, outcome.result());
        assertTrue(
                outcome.sentence().contains("64055 for libvirt-qemu is reserved by nova-former-64055"),
                outcome.sentence());
        assertIds(OLD);
    }

    @Test
    void filesThatCannotBeChangedAreListedAndCounted() throws Exception {
        new ProcessBuilder("chattr", "+i", directory.resolve("images/17").toString())
                .start()
                .waitFor();
        try {
            ConversionOutcome outcome = convert();
            if (ownerOf("images/17").equals("64055:64055")) {
                return; // a file system without such a mark
            }
            assertEquals(Result.DONE, outcome.result());
            assertEquals(1, outcome.leftovers());
            assertEquals(299, outcome.filesChanged());
            assertTrue(
                    outcome.problems().get(0).contains("/images/17"),
                    outcome.problems().toString());
            assertEquals("libvirt-qemu has 64055:64055, but some files could not be changed", outcome.sentence());
            assertEquals("PROVE: 1 files are left", told.get(told.size() - 1));
            assertEquals(
                    List.of(
                            "uid 109 stays reserved by libvirt-qemu-former-109: files in the roots carry it",
                            "gid 114 stays reserved by libvirt-qemu-former-114: files in the roots carry it"),
                    outcome.notes());
            assertEquals(Optional.empty(), names.userName(OLD.uid()));
            assertEquals(Optional.of("libvirt-qemu-former-109"), files.userName(OLD.uid()));
            assertEquals(Optional.of("libvirt-qemu-former-114"), files.groupName(OLD.gid()));
        } finally {
            new ProcessBuilder("chattr", "-i", directory.resolve("images/17").toString())
                    .start()
                    .waitFor();
        }
    }

    @Test
    void aFileThatTurnsUpDuringTheChangeIsFoundByTheProof() throws Exception {
        StepAction open = actions.get(Step.OPEN_LIBVIRT);
        actions.put(Step.OPEN_LIBVIRT, new StepAction() {
            @Override
            public String run(Undertaking work) throws StepException, IOException {
                own(write("images/late", "x"), OLD);
                try {
                    return open.run(work);
                } catch (StepException | IOException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        });
        ConversionOutcome outcome = convert();
        assertEquals(Result.DONE, outcome.result(), outcome.sentence());
        assertEquals(301, outcome.filesChanged());
        assertEquals("64055:64055", ownerOf("images/late"));
    }

    @Test
    void whileTheSystemGoesDownLibvirtIsLeftToTheNextBoot() throws Exception {
        shuttingDown = true;
        ConversionOutcome outcome = convert();
        assertEquals(Result.DONE, outcome.result());
        assertEquals(List.of("The system is going down: libvirt is left to the next boot."), outcome.notes());
        assertEquals("release " + String.join(" ", UNITS.all()), services.get(services.size() - 1));
        assertEquals("OPEN_LIBVIRT: left to the next boot", told.get(6));
    }

    @Test
    void numbersAreHeldWhileOwnersChangeAndNotLonger() throws Exception {
        List<Boolean> held = new ArrayList<>();
        for (Step step : List.of(Step.CHANGE_OWNERS, Step.OPEN_LIBVIRT)) {
            StepAction action = actions.get(step);
            actions.put(step, work -> {
                held.add(work.holdsNumbers());
                return action.run(work);
            });
        }
        assertEquals(Result.DONE, convert().result());
        assertEquals(List.of(true, false), held);
    }

    @Test
    void reOwningLeavesIdsAndLibvirtAlone() throws Exception {
        write("etc/passwd", Files.readString(directory.resolve("etc/passwd")).replace(":109:", ":64055:"));
        write("etc/group", Files.readString(directory.resolve("etc/group")).replace(":114:", ":64055:"));
        ConversionOutcome outcome = run(plan(ConversionKind.RE_OWN, OLD, NEW, Optional.empty()));
        assertEquals(Result.DONE, outcome.result(), outcome.sentence());
        assertEquals(List.of(), services);
        assertEquals("64055:64055", ownerOf("images/17"));
        assertFalse(outcome.outside().isPresent());
    }

    @Test
    void namesThatSayOtherwiseAreNoProof() throws Exception {
        ConversionPlan plan = plan(ConversionKind.RE_OWN, OLD, NEW, Optional.empty());
        ConversionOutcome user = run(plan);
        assertTrue(user.sentence().contains("name services give the user libvirt-qemu as 109, not as 64055"));
        write("etc/passwd", Files.readString(directory.resolve("etc/passwd")).replace(":109:", ":64055:"));
        ConversionOutcome group = run(plan);
        assertTrue(group.sentence().contains("name services give the group libvirt-qemu as 114, not as 64055"));
        write("etc/group", "root:x:0:\n");
        assertTrue(run(plan).sentence().contains("libvirt-qemu as unknown, not as 64055"));
    }

    @Test
    void aManifestThatIsCutShortStopsTheChange() throws Exception {
        actions.put(Step.LOOK_AGAIN, work -> {
            Path pass = work.journal().directory().resolve("manifest-1");
            String text = Files.readString(pass);
            Files.writeString(pass, text.substring(0, text.lastIndexOf("end ")));
            return "";
        });
        ConversionOutcome outcome = convert();
        assertEquals(Result.UNFINISHED, outcome.result());
        assertTrue(outcome.sentence().contains("it is cut short"), outcome.sentence());
        assertThrows(
                IOException.class, () -> new Manifest(conversions.all().get(0).directory()).read(1, hit -> {}));
    }

    private void assertIds(Owner ids) throws Exception {
        assertEquals(ids.uid(), names.user("libvirt-qemu").orElseThrow().uid());
        assertEquals(ids.gid(), names.group("libvirt-qemu").orElseThrow().gid());
    }

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static void own(Path file, Owner owner) throws IOException {
        Files.setAttribute(file, "unix:uid", (int) owner.uid().value());
        Files.setAttribute(file, "unix:gid", (int) owner.gid().value());
    }

    private String ownerOf(String name) throws IOException {
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
