package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.TARGET;
import static io.idagent.host.HostStory.known;
import static io.idagent.host.HostStory.newHost;
import static io.idagent.host.HostStory.oldHost;
import static io.idagent.host.HostStory.scan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.assessment.Assessor;
import io.idagent.conversion.ConversionPlan.LabelHalves;
import io.idagent.host.ConversionFact;
import io.idagent.host.HostStory;
import io.idagent.platform.Uid;
import io.idagent.platform.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is done in each state, and that nothing is done where anything is in the way. */
class ConversionPlannerTest {

    private static final ConversionFact IDLE = new ConversionFact.Idle();
    private static final ConversionFact FAILED = new ConversionFact.Failed("a", NOON, "why");

    static Optional<ConversionPlan> plan(HostStory host, ConversionFact conversion) {
        return new ConversionPlanner(true)
                .plan(new Assessor(false).assess(host.snapshot(), conversion), List.of("libvirt-guests.service"));
    }

    static ConversionPlan plan(HostStory host) {
        return plan(host, IDLE).orElseThrow();
    }

    private static Optional<ConversionKind> kind(HostStory host, ConversionFact conversion) {
        return plan(host, conversion).map(ConversionPlan::kind);
    }

    @Test
    void formerNumbersAreReservedInAConversionAndInReOwningIfThatIsWanted() {
        HostStory old = oldHost().reserved(117, Optional.of("files in the roots carry it"));
        assertEquals(
                new Reservations(true, Set.of(new Uid(117)), Set.of()),
                plan(old).reservations());
        assertTrue(plan(newHost().files(scan(1, 0))).reservations().wanted());
        assertFalse(new ConversionPlanner(false)
                .plan(new Assessor(false).assess(old.snapshot(), IDLE), List.of())
                .orElseThrow()
                .reservations()
                .wanted());
        assertFalse(new ConversionPlanner(true)
                .planRollback(new Assessor(false).assess(old.snapshot(), IDLE), List.of(), "a")
                .orElseThrow()
                .reservations()
                .wanted());
    }

    @Test
    void eachStateHasItsPlan() {
        assertEquals(Optional.empty(), kind(oldHost().noUser().noGroup(), IDLE));
        assertEquals(Optional.empty(), kind(newHost(), IDLE));
        assertEquals(Optional.of(ConversionKind.RE_OWN), kind(newHost().files(scan(1, 0)), IDLE));
        assertEquals(Optional.of(ConversionKind.RESTART_LIBVIRT), kind(newHost().label(OLD), IDLE));
        assertEquals(Optional.of(ConversionKind.CONVERT), kind(oldHost(), IDLE));
        assertEquals(Optional.of(ConversionKind.CONVERT), kind(oldHost(), FAILED));
        assertEquals(Optional.empty(), kind(oldHost(), new ConversionFact.Running()));
        assertEquals(Optional.empty(), kind(oldHost(), new ConversionFact.Interrupted("a", NOON)));
    }

    @Test
    void aRestartOfLibvirtHarmsNoGuest() {
        HostStory host = newHost().label(OLD).former(OLD).guest("vm1", 42, OLD);
        assertEquals(Optional.of(ConversionKind.RESTART_LIBVIRT), kind(host, IDLE));
    }

    static Stream<HostStory.Obstacle> everythingInTheWay() {
        return Stream.concat(
                HostStory.unknowns(HostStory::oldHost).stream(), HostStory.inTheWay(HostStory::oldHost).stream());
    }

    @ParameterizedTest
    @MethodSource("everythingInTheWay")
    void withAnythingInTheWayOfAConversionThereIsNoPlan(HostStory.Obstacle obstacle) {
        for (ConversionFact conversion : List.of(IDLE, FAILED, new ConversionFact.RolledBack("a", NOON))) {
            assertEquals(Optional.empty(), plan(obstacle.host().get(), conversion));
            assertEquals(
                    Optional.empty(),
                    new ConversionPlanner(true)
                            .planRollback(
                                    new Assessor(false)
                                            .assess(obstacle.host().get().snapshot(), conversion),
                                    List.of(),
                                    "a"));
        }
    }

    @Test
    void noTwoThingsInTheWayMakeAWay() {
        List<HostStory.Obstacle> all = everythingInTheWay().toList();
        for (int first = 0; first < all.size(); first++) {
            HostStory.Obstacle one = all.get(first);
            List<HostStory.Obstacle> both = new ArrayList<>();
            both.addAll(HostStory.unknowns(one.host()));
            both.addAll(HostStory.inTheWay(one.host()));
            for (HostStory.Obstacle two : both) {
                assertEquals(Optional.empty(), plan(two.host().get(), IDLE), one + " and " + two);
            }
        }
    }

    @Test
    void aGuestUnderAFormerIdOrAFailingNameServiceForbidsToReOwn() {
        assertEquals(
                Optional.empty(), kind(newHost().former(OLD).files(scan(1, 0)).guest("vm1", 42, OLD), IDLE));
        assertEquals(
                Optional.empty(),
                kind(newHost().files(scan(1, 0)).failingNameServices(known(List.of("ldap is down"))), IDLE));
    }

    @Test
    void aFailingNameServiceForbidsARestart() {
        assertEquals(
                Optional.empty(), kind(newHost().label(OLD).failingNameServices(known(List.of("ldap is down"))), IDLE));
    }

    @Test
    void aConversionTakesAllStepsInTheirOrder() {
        assertEquals(List.of(Step.values()), plan(oldHost()).steps());
    }

    @Test
    void reOwningLeavesLibvirtUp() {
        assertEquals(
                List.of(Step.INVENTORY, Step.CHANGE_OWNERS, Step.PROVE),
                plan(newHost().files(scan(1, 0))).steps());
    }

    @Test
    void aRestartTouchesNoFileAndNoAccount() {
        assertEquals(
                List.of(Step.CLOSE_LIBVIRT, Step.OPEN_LIBVIRT, Step.PROVE),
                plan(newHost().label(OLD)).steps());
    }

    @Test
    void belowAnotherRootThereIsNothingToStopAndNobodyToLookFor() {
        ConversionPlan plan = plan(oldHost().offline());
        assertEquals(List.of(Step.INVENTORY, Step.CHANGE_IDS, Step.CHANGE_OWNERS, Step.PROVE), plan.steps());
        assertEquals(LabelHalves.NONE, plan.proveBaseLabel());
        assertEquals(LibvirtUnits.NONE.all(), plan.libvirt().all());
    }

    @Test
    void thePlanNamesOldAndNewNumbers() {
        ConversionPlan plan = plan(oldHost());
        assertEquals(OLD, plan.changes().get(0).from());
        assertEquals(TARGET, plan.changes().get(0).to());
    }

    @ParameterizedTest
    @CsvSource({
        "libvirt-qemu, libvirt-qemu, true,  true",
        "libvirt-qemu, kvm,          true,  false",
        "root,         libvirt-qemu, false, true",
        "nova,         nova,         false, false",
    })
    void theHalvesOfTheLabelThatAreTheAccountsAreProvedAtTheEnd(String user, String group, boolean uid, boolean gid) {
        assertEquals(
                new LabelHalves(uid, gid), plan(oldHost().qemuConf(user, group)).proveBaseLabel());
    }

    @Test
    void aServiceThatSleepsBehindItsListeningSocketCountsAsUp() {
        List<Unit> units = List.of(
                new Unit("libvirtd.service", false),
                new Unit("libvirtd.socket", true),
                new Unit("libvirtd-ro.socket", true),
                new Unit("libvirtd-admin.socket", false));
        LibvirtUnits planned = plan(oldHost().units(known(units))).libvirt();
        assertEquals(List.of("libvirtd.service", "libvirtd.socket", "libvirtd-ro.socket"), planned.wereUp());
        assertEquals(units.stream().map(Unit::name).toList(), planned.all());
        assertEquals(List.of("libvirt-guests.service"), planned.dependents());
    }

    @Test
    void aServiceWhoseSocketIsClosedWasDown() {
        List<Unit> units = List.of(
                new Unit("libvirtd.service", false),
                new Unit("libvirtd.socket", false),
                new Unit("virtqemud.service", false),
                new Unit("virtqemud.socket", true));
        assertEquals(
                List.of("virtqemud.service", "virtqemud.socket"),
                plan(oldHost().units(known(units))).libvirt().wereUp());
    }

    @Test
    void aServiceWithoutSocketsCountsAsItIs() {
        List<Unit> units = List.of(new Unit("libvirtd.service", true), new Unit("virtqemud.service", false));
        assertEquals(
                List.of("libvirtd.service"),
                plan(oldHost().units(known(units))).libvirt().wereUp());
    }

    @Test
    void theWayBackAdoptsNothingAndRemembersWhatItTakesBack() {
        HostStory host = oldHost().former(HostStory.owner(108, 113));
        ConversionPlan plan = new ConversionPlanner(true)
                .planRollback(new Assessor(false).assess(host.snapshot(), IDLE), List.of(), "20260301T110000Z")
                .orElseThrow();
        assertEquals(ConversionKind.ROLL_BACK, plan.kind());
        assertEquals(Optional.of("20260301T110000Z"), plan.rollsBack());
        assertEquals(Set.of(), plan.files().formerUids());
        assertEquals(Optional.empty(), plan.files().adoption());
    }

    @Test
    void thereIsNoWayBackForAHostThatIsAsItWas() {
        assertEquals(
                Optional.empty(),
                new ConversionPlanner(true)
                        .planRollback(new Assessor(false).assess(newHost().snapshot(), IDLE), List.of(), "a"));
    }
}
