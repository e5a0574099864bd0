package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.TARGET;
import static io.idagent.host.HostStory.known;
import static io.idagent.host.HostStory.newHost;
import static io.idagent.host.HostStory.oldHost;
import static io.idagent.host.HostStory.owner;
import static io.idagent.host.HostStory.scan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.assessment.Assessment;
import io.idagent.assessment.Assessor;
import io.idagent.host.AccountChange;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostStory;
import io.idagent.host.HostStory.Obstacle;
import io.idagent.platform.Owner;
import io.idagent.platform.Unit;
import io.idagent.properties.Chance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** From any host to its plan: where anything is in the way there is none, and where nothing is it ends in the target. */
class PlannerPropertiesTest {

    /** A host with wrong ids, one half or both, and whatever else may be the case but does not forbid a conversion. */
    private static HostStory convertible(Chance chance, Owner ids) {
        HostStory host = oldHost().has(ids).label(chance.oneOf(ids, OLD, TARGET));
        host.files(chance.coin() ? known(scan(chance.below(5), chance.below(5))) : Fact.unknown("not looked at"));
        if (chance.coin()) {
            host.former(OLD, owner(120, 130));
        }
        if (chance.coin()) {
            host.qemuConf(chance.oneOf("root", "libvirt-qemu", "nova"), chance.oneOf("root", "libvirt-qemu", "kvm"));
        }
        if (chance.coin()) {
            host.units(known(List.of(
                    new Unit("libvirtd.service", chance.coin()),
                    new Unit("libvirtd.socket", chance.coin()),
                    new Unit("virtqemud.service", chance.coin()))));
        }
        if (chance.below(10) == 0) {
            host.withoutLibvirt();
        }
        return host;
    }

    private static Owner wrongIds(Chance chance) {
        Owner ids = owner(chance.number(), chance.number());
        if (ids.uid().value() == 0 || ids.gid().value() == 0 || ids.equals(TARGET)) {
            return OLD;
        }
        return chance.below(4) == 0 ? owner(TARGET.uid().value(), 114) : ids;
    }

    private static Optional<ConversionPlan> plan(Assessment assessment) {
        return new ConversionPlanner(true).plan(assessment, List.of());
    }

    private static Assessment assess(HostStory host, ConversionFact conversion) {
        return new Assessor(false).assess(host.snapshot(), conversion);
    }

    private static ConversionFact idle(Chance chance) {
        return chance.oneOf(new ConversionFact.Idle(), new ConversionFact.Failed("a", NOON, "why"));
    }

    @Test
    void whereAnythingIsInTheWayOrUnknownThereIsNoPlan() {
        Chance.always(chance -> {
            Owner ids = wrongIds(chance);
            HostStory host = convertible(chance, ids);
            List<Obstacle> obstacles = new ArrayList<>(HostStory.inTheWay(() -> host));
            obstacles.addAll(HostStory.unknowns(() -> host));
            for (int i = chance.below(3); i >= 0; i--) {
                // They all change the one host.
                chance.of(obstacles).host().get();
            }
            Assessment assessment = assess(host, idle(chance));
            assertEquals(Optional.empty(), plan(assessment), () -> assessment.state() + " " + assessment.blockers());
            assertEquals(
                    Optional.empty(),
                    new ConversionPlanner(true).planRollback(assessment, List.of(), "20260301T120000Z"));
            assertTrue(!assessment.blockers().isEmpty());
        });
    }

    @Test
    void whereNothingIsInTheWayThePlanEndsInTheTarget() {
        Chance.always(chance -> {
            Owner ids = wrongIds(chance);
            Assessment assessment = assess(convertible(chance, ids), idle(chance));
            ConversionPlan plan = plan(assessment)
                    .orElseThrow(() -> new AssertionError(assessment.state() + " " + assessment.blockers()));
            assertEquals(ConversionKind.CONVERT, plan.kind());
            assertEquals(List.of(Step.values()), plan.steps());
            AccountChange change = plan.changes().get(0);
            assertEquals(ids, change.from());
            assertEquals(TARGET, change.to());
            assertTrue(plan.libvirt().all().containsAll(plan.libvirt().wereUp()));
        });
    }

    @Test
    void aHostWhoseIdsAreRightIsNeverGivenOthers() {
        Chance.always(chance -> {
            HostStory host = newHost().label(chance.oneOf(OLD, TARGET)).files(scan(chance.below(3), chance.below(3)));
            if (chance.coin()) {
                host.former(OLD);
            }
            if (chance.coin()) {
                host.guest("vm1", 42, chance.oneOf(OLD, TARGET));
            }
            plan(assess(host, idle(chance)))
                    .ifPresent(plan -> assertTrue(!plan.kind().changesIds(), plan.toString()));
        });
    }

    @Test
    void whileAConversionRunsOrIsOpenNothingIsPlanned() {
        Chance.always(chance -> {
            HostStory host = convertible(chance, wrongIds(chance));
            ConversionFact fact = chance.oneOf(
                    new ConversionFact.Running(),
                    new ConversionFact.Interrupted("a", NOON),
                    new ConversionFact.NotSeen("why"));
            assertEquals(Optional.empty(), plan(assess(host, fact)));
        });
    }
}
