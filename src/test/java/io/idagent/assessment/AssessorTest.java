package io.idagent.assessment;

import static io.idagent.host.HostStory.NOON;
import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.TARGET;
import static io.idagent.host.HostStory.ids;
import static io.idagent.host.HostStory.newHost;
import static io.idagent.host.HostStory.oldHost;
import static io.idagent.host.HostStory.owner;
import static io.idagent.host.HostStory.scan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostStory;
import io.idagent.host.WatchedIds;
import io.idagent.platform.LibvirtReport;
import io.idagent.platform.Owner;
import io.idagent.platform.QemuConf;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every state of a host, and whether it is ready for migration. */
class AssessorTest {

    static final ConversionFact IDLE = new ConversionFact.Idle();
    static final ConversionFact FAILED = new ConversionFact.Failed("20260301T110000Z", NOON, "usermod failed");
    static final ConversionFact INTERRUPTED = new ConversionFact.Interrupted("20260301T110000Z", NOON);
    static final ConversionFact RUNNING = new ConversionFact.Running();

    static Assessment assess(HostStory host) {
        return assess(host, IDLE);
    }

    static Assessment assess(HostStory host, ConversionFact conversion) {
        return new Assessor(false).assess(host.snapshot(), conversion);
    }

    private static void expect(State state, Readiness readiness, HostStory host) {
        Assessment assessment = assess(host);
        assertEquals(state, assessment.state(), assessment.sentence());
        assertEquals(readiness, assessment.readiness(), assessment.sentence());
    }

    @Test
    void aHostWithoutTheAccountIsNoneOfOurs() {
        expect(State.NOT_APPLICABLE, Readiness.READY, oldHost().noUser().noGroup());
    }

    @Test
    void aHostWithoutTheAccountIsNoneOfOursEvenWhereNothingElseIsKnown() {
        expect(
                State.NOT_APPLICABLE,
                Readiness.READY,
                oldHost().noUser().noGroup().report(Fact.unknown("no libvirt")).processesNotSeen("hidepid"));
    }

    @Test
    void rightIdsLabelAndFilesAreNormal() {
        expect(State.NORMALIZED, Readiness.READY, newHost());
    }

    @Test
    void guestsUnderTheRightIdsAreNormal() {
        expect(State.NORMALIZED, Readiness.READY, newHost().guest("vm1", 42, TARGET));
    }

    @Test
    void rightIdsWithoutLibvirtAreNormal() {
        expect(State.NORMALIZED, Readiness.READY, newHost().withoutLibvirt());
    }

    @Test
    void filesThatWereNotLookedAtAreNotCalledRight() {
        Assessment assessment = assess(newHost().files(Fact.unknown("not root")));
        assertEquals(State.NORMALIZED, assessment.state());
        assertTrue(assessment.sentence().contains("files were not looked at"), assessment.sentence());
    }

    @Test
    void filesWithFormerIdsAreLeftoversAndDoNotMakeTheHostUnready() {
        expect(State.LEFTOVERS, Readiness.READY, newHost().former(OLD).files(scan(3, 0)));
    }

    @Test
    void filesAreReOwnedWhileProcessesRunThatHaveNoFormerId() {
        HostStory host = newHost().former(OLD).files(scan(3, 0));
        assertEquals(
                List.of(), assess(host.idUser(7, "other", ids(owner(7, 7)))).blockers());
        assertEquals(1, assess(host.idUser(8, "swtpm", ids(OLD))).blockers().size());
    }

    @Test
    void orphansToAdoptAreLeftovers() {
        expect(State.LEFTOVERS, Readiness.READY, newHost().files(scan(0, 2)));
    }

    @Test
    void theSentenceOfLeftoversCountsBothKinds() {
        assertEquals(
                "ids are right, 5 files with former ones",
                assess(newHost().former(OLD).files(scan(3, 2))).sentence());
    }

    @Test
    void aReservedNumberThatNoFileCarriesIsALeftoverAndOneThatIsNeededIsNot() {
        expect(State.LEFTOVERS, Readiness.READY, newHost().reserved(109, Optional.empty()));
        assertEquals(
                "ids are right, and uid 109 can be given back: no file carries it, but libvirt-qemu-former-109 still"
                        + " reserves it",
                assess(newHost().reserved(109, Optional.empty())).sentence());
        expect(State.NORMALIZED, Readiness.READY, newHost().reserved(109, Optional.of("files in the roots carry it")));
    }

    @Test
    void aGuestUnderFormerIdsMakesAHostWithRightIdsUnready() {
        expect(State.NORMALIZED, Readiness.NOT_READY, newHost().former(OLD).guest("vm1", 42, OLD));
    }

    @Test
    void aFormerGroupAloneMakesItUnreadyToo() {
        HostStory host = newHost().former(OLD).guest("vm1", 42, new Owner(TARGET.uid(), OLD.gid()));
        expect(State.NORMALIZED, Readiness.NOT_READY, host);
    }

    @Test
    void aFormerUserAloneMakesItUnreadyToo() {
        HostStory host = newHost().former(OLD).guest("vm1", 42, new Owner(OLD.uid(), TARGET.gid()));
        expect(State.NORMALIZED, Readiness.NOT_READY, host);
        assertTrue(assess(host).sentence().contains("guests still run under former ids"));
        assertEquals("ids are right", assess(newHost().former(OLD)).sentence());
    }

    @Test
    void oldNumbersInLibvirtNeedARestart() {
        expect(State.RESTART_NEEDED, Readiness.NOT_READY, newHost().label(OLD));
    }

    @Test
    void oldNumbersInLibvirtNeedARestartWithGuestsAndLeftoversToo() {
        expect(
                State.RESTART_NEEDED,
                Readiness.NOT_READY,
                newHost().label(OLD).former(OLD).guest("vm1", 42, OLD).files(scan(3, 3)));
    }

    @ParameterizedTest(name = "user {0}, group {1}, label {2}:{3}: {4}")
    @CsvSource({
        // Both halves are the account's.
        "libvirt-qemu, libvirt-qemu, 64055, 64055, NORMALIZED",
        "libvirt-qemu, libvirt-qemu, 109,   64055, RESTART_NEEDED",
        "libvirt-qemu, libvirt-qemu, 64055, 114,   RESTART_NEEDED",
        "libvirt-qemu, libvirt-qemu, 109,   114,   RESTART_NEEDED",
        // Debian 11: the group is kvm, whose number may be any.
        "libvirt-qemu, kvm,          64055, 104,   NORMALIZED",
        "libvirt-qemu, kvm,          109,   104,   RESTART_NEEDED",
        "libvirt-qemu, kvm,          109,   64055, RESTART_NEEDED",
        // Only the group is the account's.
        "root,         libvirt-qemu, 0,     64055, NORMALIZED",
        "root,         libvirt-qemu, 0,     114,   RESTART_NEEDED",
        // Neither is.
        "root,         root,         0,     0,     NORMALIZED",
        "nova,         kvm,          109,   114,   NORMALIZED",
        // Numbers are nobody's name.
        "+109,         +114,         109,   114,   NORMALIZED",
    })
    void theBaseLabelIsComparedAsFarAsQemuRunsAsTheAccount(
            String user, String group, long uid, long gid, State expected) {
        HostStory host = newHost().qemuConf(user, group).label(owner(uid, gid));
        assertEquals(expected, assess(host).state());
    }

    @Test
    void aLibvirtWithoutDacLabelNeedsNoRestart() {
        LibvirtReport noLabel = new LibvirtReport(Optional.empty(), List.of(), List.of());
        expect(State.NORMALIZED, Readiness.READY, newHost().report(HostStory.known(Optional.of(noLabel))));
    }

    @Test
    void aLibvirtThatDoesNotAnswerLeavesReadinessUnknown() {
        expect(State.NORMALIZED, Readiness.UNKNOWN, newHost().report(Fact.unknown("connection refused")));
    }

    @Test
    void hiddenProcessesLeaveReadinessUnknown() {
        expect(State.NORMALIZED, Readiness.UNKNOWN, newHost().processesNotSeen("hidepid=2"));
    }

    @Test
    void aLabelThatMayBeWantedIsNotCalledStaleWhileQemuConfCannotBeRead() {
        HostStory host = newHost().label(owner(0, 0)).qemuConf(Fact.<QemuConf>unknown("only root can read it"));
        expect(State.NORMALIZED, Readiness.UNKNOWN, host);
        assertTrue(assess(host).sentence().contains("0:0"), assess(host).sentence());
    }

    @Test
    void aLabelThatIsRightIsRightWhateverQemuConfSays() {
        expect(State.NORMALIZED, Readiness.READY, newHost().qemuConf(Fact.<QemuConf>unknown("only root can read it")));
    }

    @Test
    void wrongIdsWithNothingInTheWayCanBeConverted() {
        expect(State.CONVERTIBLE, Readiness.NOT_READY, oldHost());
    }

    @Test
    void oneWrongHalfIsEnough() {
        expect(State.CONVERTIBLE, Readiness.NOT_READY, oldHost().has(owner(64055, 114)));
        expect(State.CONVERTIBLE, Readiness.NOT_READY, oldHost().has(owner(109, 64055)));
    }

    @Test
    void theSentenceNamesTheNumbers() {
        assertEquals(
                "libvirt-qemu has 109:114 instead of 64055:64055; nothing forbids to change it",
                assess(oldHost()).sentence());
    }

    @Test
    void wrongIdsWithAGuestAreBlocked() {
        expect(State.BLOCKED, Readiness.NOT_READY, oldHost().guest("vm1", 42, OLD));
    }

    @Test
    void halfAnAccountIsBlockedAndNeitherReadyNorUnready() {
        expect(State.BLOCKED, Readiness.UNKNOWN, oldHost().noGroup());
        expect(State.BLOCKED, Readiness.UNKNOWN, oldHost().noUser());
    }

    @Test
    void anAccountThatCannotBeSeenIsNotTakenForAbsent() {
        expect(State.BLOCKED, Readiness.UNKNOWN, oldHost().user(Fact.unknown("ldap is down")));
        expect(State.BLOCKED, Readiness.UNKNOWN, oldHost().noUser().group(Fact.unknown("ldap is down")));
    }

    @Test
    void aFailedAttemptSaysWhy() {
        Assessment assessment = assess(oldHost(), FAILED);
        assertEquals(State.FAILED, assessment.state());
        assertTrue(
                assessment.findings().stream()
                        .anyMatch(finding -> finding.kind() == Finding.Kind.LAST_ATTEMPT_FAILED
                                && finding.sentence().endsWith("usermod failed")),
                () -> assessment.findings().toString());
    }

    @Test
    void afterAFailedAttemptWhatIsInTheWayNowIsSaidFirst() {
        assertEquals(
                State.BLOCKED, assess(oldHost().guest("vm1", 42, OLD), FAILED).state());
    }

    @Test
    void aFailedAttemptOfLongAgoDoesNotMatterWhereIdsAreRight() {
        assertEquals(State.NORMALIZED, assess(newHost(), FAILED).state());
    }

    @Test
    void aConversionThatRunsIsSeenBeforeAllElse() {
        Assessment assessment = assess(oldHost().guest("vm1", 42, OLD), RUNNING);
        assertEquals(State.CONVERTING, assessment.state());
        assertEquals(List.of(new Blocker.ConversionRunning()), assessment.blockers());
    }

    @ParameterizedTest
    @MethodSource("hostsOfAllKinds")
    void aConversionThatWasCutOffComesFirstOnEveryHost(HostStory.Obstacle host) {
        Assessment assessment = assess(host.host().get(), INTERRUPTED);
        assertEquals(State.INTERRUPTED, assessment.state());
        assertEquals(Readiness.NOT_READY, assessment.readiness());
        assertTrue(assessment.sentence().contains("20260301T110000Z"), assessment.sentence());
    }

    static List<HostStory.Obstacle> hostsOfAllKinds() {
        return List.of(
                new HostStory.Obstacle("old", HostStory::oldHost),
                new HostStory.Obstacle("new", HostStory::newHost),
                new HostStory.Obstacle(
                        "without account", () -> oldHost().noUser().noGroup()),
                new HostStory.Obstacle("stale label", () -> newHost().label(OLD)));
    }

    @Test
    void guestsForbidToFinishWhatWasCutOff() {
        Assessment assessment = assess(oldHost().guest("vm1", 42, OLD), INTERRUPTED);
        assertEquals("GUEST_RUNNING", assessment.blockers().get(0).kind());
        assertTrue(assessment.isHeldByGuestsOnly());
    }

    @Test
    void aTakenIdDoesNotForbidToFinishWhatWasCutOff() {
        HostStory host = oldHost().uidHolder(HostStory.known(Optional.of("user alice")));
        assertEquals(List.of(), assess(host, INTERRUPTED).blockers());
    }

    @Test
    void waitingHelpsOnlyIfNothingButGuestsIsInTheWay() {
        HostStory guest = oldHost().guest("vm1", 42, OLD);
        assertTrue(assess(guest).isHeldByGuestsOnly());
        guest.uidHolder(HostStory.known(Optional.of("user alice")));
        assertEquals(false, assess(guest).isHeldByGuestsOnly());
        assertEquals(false, assess(oldHost()).isHeldByGuestsOnly());
    }

    @Test
    void aProcessWithAFormerIdForbidsToReOwnItsFiles() {
        HostStory host = newHost().former(OLD).files(scan(3, 0));
        assertEquals(List.of(), assess(host).blockers());
        assertEquals(
                List.of("GUEST_RUNNING", "PROCESS_USES_ID"),
                kinds(assess(host.guest("vm1", 42, OLD)
                        .guest("vm2", 43, TARGET)
                        .idUser(44, "swtpm", new WatchedIds(Set.of(), Set.of(OLD.gid())))
                        .idUser(45, "swtpm", HostStory.ids(TARGET)))));
    }

    @ParameterizedTest
    @MethodSource("notSeen")
    void whatIsNotKnownForbidsToReOwn(HostStory.Obstacle unknown) {
        Assessment assessment = assess(unknown.host().get());
        assertEquals(State.LEFTOVERS, assessment.state());
        assertTrue(kinds(assessment).contains("CANNOT_SEE"), "" + kinds(assessment));
    }

    static List<HostStory.Obstacle> notSeen() {
        List<String> decisive = List.of("name services", "report", "qemu.conf", "processes", "former ids", "units");
        return HostStory.unknowns(() -> newHost().files(scan(3, 0))).stream()
                .filter(unknown -> decisive.contains(unknown.name()))
                .toList();
    }

    @Test
    void aFailingNameServiceForbidsARestartInWhichLibvirtWouldAskForTheName() {
        HostStory host = newHost().label(OLD).failingNameServices(HostStory.known(List.of("ldap is down")));
        assertEquals(List.of("NAME_SERVICE_FAILING"), kinds(assess(host)));
    }

    static List<String> kinds(Assessment assessment) {
        return assessment.blockers().stream().map(Blocker::kind).toList();
    }
}
