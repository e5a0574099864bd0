package io.idagent.assessment;

import static io.idagent.assessment.AssessorTest.IDLE;
import static io.idagent.assessment.AssessorTest.assess;
import static io.idagent.host.HostStory.NOON;
import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.known;
import static io.idagent.host.HostStory.newHost;
import static io.idagent.host.HostStory.oldHost;
import static io.idagent.host.HostStory.scan;
import static io.idagent.host.HostStory.tally;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.assessment.Finding.Kind;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.FormerIds;
import io.idagent.host.HostStory;
import io.idagent.ownership.MountTally;
import io.idagent.ownership.PathError;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.Tally;
import io.idagent.platform.QemuConf;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a person should know beside state and blockers; none of it forbids anything. */
class FindingsTest {

    private static void expect(Kind kind, String part, HostStory host) {
        Assessment assessment = assess(host, IDLE);
        List<Finding> findings = assessment.findings().stream()
                .filter(finding -> finding.kind() == kind)
                .toList();
        assertEquals(1, findings.size(), "" + assessment.findings());
        assertTrue(findings.get(0).sentence().contains(part), findings.get(0).sentence());
        assertFalse(findings.get(0).advice().isBlank());
        assertEquals(List.of(), assessment.blockers(), "findings do not block");
    }

    @Test
    void aHostWhereAllIsWellHasNone() {
        assertEquals(List.of(), assess(newHost()).findings());
    }

    @Test
    void aFormerIdThatWasGivenToSomebodyElseIsReported() {
        FormerIds reused = new FormerIds(Set.of(), Set.of(), List.of("uid 109 belongs to user systemd-oom now"));
        expect(Kind.FORMER_ID_REUSED, "systemd-oom", newHost().former(known(reused)));
    }

    @Test
    void aReservedNumberIsReportedWithTheReason() {
        expect(
                Kind.FORMER_ID_RESERVED,
                "uid 109 is reserved by libvirt-qemu-former-109, so that nobody is given files with it: two on NFS",
                newHost().reserved(109, Optional.of("two on NFS")));
        assertEquals(
                List.of(), assess(newHost().reserved(109, Optional.empty())).findings());
    }

    @Test
    void theOldNumberThatOtherHostsMayShareIsNamed() {
        expect(Kind.SAME_OLD_NUMBER, "109:114", oldHost());
    }

    @Test
    void aQemuThatRunsAsSomebodyElseIsReported() {
        expect(Kind.QEMU_RUNS_AS_OTHER, "root", newHost().qemuConf("root", "root"));
    }

    @Test
    void aNumberOfSomebodyElseInQemuConfIsReportedAndForbidsNothing() {
        Assessment assessment = assess(oldHost().qemuConf("+0", "+0"));

        assertEquals(List.of(), assessment.blockers());
        expect(Kind.QEMU_RUNS_AS_OTHER, "+0", oldHost().qemuConf("+0", "+0"));
    }

    @Test
    void aNumberInQemuConfIsABlockerAndNotAnotherAccount() {
        Assessment assessment = assess(oldHost().qemuConf("+109", "libvirt-qemu"));
        assertTrue(assessment.findings().stream().noneMatch(finding -> finding.kind() == Kind.QEMU_RUNS_AS_OTHER));
    }

    @Test
    void withoutLibvirtNobodySaysAsWhomQemuRuns() {
        assertEquals(
                List.of(),
                assess(newHost().withoutLibvirt().qemuConf("root", "root")).findings());
    }

    @Test
    void whoseQemuCannotBeReadIsNotSaidToRunAsAnother() {
        assertEquals(
                List.of(),
                assess(newHost().qemuConf(Fact.<QemuConf>unknown("0600"))).findings());
    }

    @Test
    void orphansThatAreNotOursAreCountedAndShown() {
        ScanResult scan = scan(0, 0, tally(7, "/var/lib/libvirt/x"), Tally.NOTHING, List.of(), List.of());
        expect(Kind.OTHER_ORPHANS, "7 files", newHost().files(scan));
        expect(Kind.OTHER_ORPHANS, "/var/lib/libvirt/x", newHost().files(scan));
    }

    @Test
    void filesThatCarryTheTargetBeforeAnybodyHasItAreShown() {
        ScanResult scan = scan(0, 0, Tally.NOTHING, tally(2, "/var/lib/libvirt/y"), List.of(), List.of());
        expect(Kind.TARGET_ID_ON_FILES, "/var/lib/libvirt/y", oldHost().files(scan));
    }

    @Test
    void filesOnSharedStorageAreReportedWithTheirMount() {
        MountTally nfs = new MountTally("/nfs", "nfs4", tally(3, "/nfs/vm1.qcow2"));
        ScanResult scan = scan(0, 0, Tally.NOTHING, Tally.NOTHING, List.of(nfs), List.of());
        expect(Kind.SHARED_STORAGE, "/nfs (nfs4)", newHost().files(scan));
    }

    @Test
    void sharedStorageWithNothingOfOursIsNotWorthAWord() {
        MountTally nfs = new MountTally("/nfs", "nfs4", Tally.NOTHING);
        ScanResult scan = scan(0, 0, Tally.NOTHING, Tally.NOTHING, List.of(nfs), List.of());
        assertEquals(List.of(), assess(newHost().files(scan)).findings());
    }

    @Test
    void placesThatCouldNotBeLookedAtAreCounted() {
        PathError error = new PathError("/var/lib/libvirt/z", "EIO", "cannot open /var/lib/libvirt/z: I/O error");
        ScanResult scan = scan(0, 0, Tally.NOTHING, Tally.NOTHING, List.of(), List.of(error));
        expect(Kind.NOT_SEEN, "(1 errors); the first: cannot open", newHost().files(scan));
    }

    @Test
    void aConversionThatWasTakenBackIsRemembered() {
        List<Finding> findings = assess(oldHost().has(OLD), new ConversionFact.RolledBack("a", NOON))
                .findings();
        assertTrue(findings.stream().anyMatch(finding -> finding.kind() == Kind.ROLLED_BACK), "" + findings);
    }
}
