package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.host.ReservedIds;
import io.idagent.ownership.DiskFlush;
import io.idagent.ownership.OwnerChanger;
import io.idagent.ownership.OwnershipScanner;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Commands;
import io.idagent.platform.LibC;
import io.idagent.platform.LocalAccounts;
import io.idagent.platform.MountTable;
import io.idagent.platform.ShadowTools;
import io.idagent.settings.Account;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While files of the former owner turn up behind the back of each search. */
@Tag("root")
class RepeatedPassesTest {

    private static final ConversionPlan RE_OWN = new ConversionPlan(
            ConversionKind.RE_OWN,
            false,
            RecoveryTest.CONVERT.files(),
            RecoveryTest.CONVERT.libvirt(),
            ConversionPlan.LabelHalves.NONE,
            Optional.empty(),
            Reservations.NONE);

    @TempDir
    Path base;

    private Path images;
    private Conversions conversions;

    @BeforeEach
    void aFileOfTheFormerOwner() throws IOException {
        images = Files.createDirectories(base.resolve("var/lib/libvirt"));
        conversions = new Conversions(base.resolve("state"));
        Path etc = Files.createDirectory(base.resolve("etc"));
        Files.writeString(etc.resolve("passwd"), "root:x:0:0::/:\nlibvirt-qemu:x:64055:64055::/:\n");
        Files.writeString(etc.resolve("group"), "root:x:0:\nlibvirt-qemu:x:64055:\n");
        oldFile(0);
    }

    @Test
    void passesAreRepeatedUntilOneFindsNothing() throws IOException {
        ConversionOutcome outcome = reOwn(3);
        assertEquals(0, outcome.leftovers());
        assertEquals(4, outcome.filesChanged());
        assertEquals(5, passes());
    }

    @Test
    void afterTheListAndFiveMorePassesWhatIsLeftIsLeft() throws IOException {
        ConversionOutcome outcome = reOwn(100);
        assertEquals(1, outcome.leftovers());
        assertEquals(6, passes());
        assertEquals(6, outcome.filesChanged());
    }

    private int passes() throws IOException {
        return new Manifest(conversions.all().get(0).directory()).passes().size();
    }

    /** @param more how many files turn up, one each time that the directory has just been read */
    private ConversionOutcome reOwn(int more) throws IOException {
        LibC libC = LibC.load();
        LocalAccounts names = LocalAccounts.in(base.resolve("etc"));
        ReservedIds reserved = new ReservedIds(names, List.of(Account.LIBVIRT_QEMU));
        ShadowTools shadow = new ShadowTools(new Commands(), Duration.ofSeconds(20), Optional.of(base));
        try (TreeBase tree = TreeBase.below(libC, base)) {
            OwnershipScanner scanner = new OwnershipScanner(libC, names, MountTable::ofThisProcess);
            InventoryStep inventory = new InventoryStep(scanner, tree, conversions);
            ChangeOwnersStep owners = new ChangeOwnersStep(new OwnerChanger(libC), tree);
            ConversionRunner runner = new ConversionRunner(
                    conversions,
                    Map.of(
                            Step.INVENTORY, inventory,
                            Step.CHANGE_OWNERS, owners,
                            Step.PROVE,
                                    new ProveStep(
                                            names,
                                            Optional::empty,
                                            inventory,
                                            owners,
                                            () -> new DiskFlush(libC, MountTable::ofThisProcess, tree),
                                            new SettleNumbers(
                                                    reserved,
                                                    new NumberKeeper(shadow, reserved, names, base.resolve("etc")),
                                                    names,
                                                    base.resolve("etc")))),
                    Clock.systemUTC());
            return runner.run(RE_OWN, whenADirectoryWasRead(more));
        }
    }

    private ConversionListener whenADirectoryWasRead(int more) {
        int[] made = {0};
        return (ConversionListener) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ConversionListener.class}, (proxy, method, arguments) -> {
                    boolean wasRead = method.getName().equals("progress") && arguments[0] == Step.INVENTORY;
                    if (wasRead && made[0] < more) {
                        oldFile(++made[0]);
                    }
                    return null;
                });
    }

    private void oldFile(int number) {
        try {
            Path file = Files.createFile(images.resolve("file-" + number));
            Files.setAttribute(file, "unix:uid", 109);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
