package io.idagent.cli;

import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.known;
import static io.idagent.host.HostStory.newHost;
import static io.idagent.host.HostStory.oldHost;
import static io.idagent.host.HostStory.scan;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.assessment.Assessment;
import io.idagent.assessment.Assessor;
import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.conversion.Outcomes;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostStory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The numbers that scripts live by. */
class ExitCodeTest {

    private static Assessment assess(HostStory host) {
        return new Assessor(false).assess(host.snapshot(), new ConversionFact.Idle());
    }

    private static int blocked(HostStory host) {
        return ExitCode.of(assess(host).blockers());
    }

    private static int status(HostStory host) {
        return ExitCode.ofStatus(assess(host));
    }

    @Test
    void eachEndOfAConversionHasItsNumber() {
        assertEquals(0, ExitCode.of(Outcomes.done()));
        assertEquals(7, ExitCode.of(Outcomes.withLeftovers()));
        assertEquals(3, ExitCode.of(Outcomes.of(Result.BLOCKED, "")));
        assertEquals(6, ExitCode.of(Outcomes.of(Result.UNDONE, "")));
        assertEquals(1, ExitCode.of(Outcomes.of(Result.UNFINISHED, "")));
    }

    @Test
    void nothingInTheWayIsNothingToComplainAbout() {
        assertEquals(0, ExitCode.of(List.of()));
    }

    @Test
    void guestsAndUsersOfIdsOrImagesAreWorthWaitingFor() {
        assertEquals(3, blocked(oldHost().guest("vm1", 42, OLD)));
        assertEquals(
                3,
                blocked(oldHost()
                        .guest("vm1", 42, OLD)
                        .idUser(7, "swtpm", HostStory.ids(OLD))
                        .imageUser(8, "qemu-img", Optional.empty())));
    }

    @Test
    void aTakenIdIsToldBeforeGuestsAsWaitingWouldBeInVain() {
        assertEquals(4, blocked(oldHost().guest("vm1", 42, OLD).uidHolder(known(Optional.of("user alice")))));
    }

    @Test
    void anythingElseIsToldBeforeGuests() {
        assertEquals(5, blocked(oldHost().guest("vm1", 42, OLD).readOnly(known(List.of("/etc")))));
        assertEquals(5, blocked(oldHost().processesNotSeen("hidepid")));
    }

    @Test
    void statusSpeaksAsMonitoringPluginsDo() {
        assertEquals(0, status(newHost()));
        assertEquals(0, status(oldHost().noUser().noGroup()));
        assertEquals(1, status(newHost().files(scan(1, 0))));
        assertEquals(1, status(newHost().qemuConf("root", "root").label(HostStory.owner(0, 0))));
        assertEquals(2, status(oldHost()));
        assertEquals(2, status(oldHost().guest("vm1", 42, OLD)));
        assertEquals(2, status(newHost().label(OLD)));
        assertEquals(3, status(newHost().processesNotSeen("hidepid")));
        assertEquals(3, status(oldHost().user(Fact.unknown("ldap is down"))));
    }

    @Test
    void accessThatSomebodyHasForgottenIsWorthALook() {
        Assessment ready = assess(newHost());
        assertEquals(0, ExitCode.ofStatus(ready, false));
        assertEquals(1, ExitCode.ofStatus(ready, true));
        assertEquals(2, ExitCode.ofStatus(assess(oldHost()), true), "what is worse is said first");
    }
}
