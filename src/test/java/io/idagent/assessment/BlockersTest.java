package io.idagent.assessment;

import static io.idagent.assessment.AssessorTest.assess;
import static io.idagent.assessment.AssessorTest.kinds;
import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.TARGET;
import static io.idagent.host.HostStory.ids;
import static io.idagent.host.HostStory.known;
import static io.idagent.host.HostStory.oldHost;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostStory;
import io.idagent.host.UnstartableGuest;
import io.idagent.host.WatchedIds;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reason that forbids a conversion: which fact makes it, what it says, and what a script is told. */
class BlockersTest {

    private static final UnstartableGuest BEHIND_ROOT_SQUASH = new UnstartableGuest(
            "vm1", Optional.of("/nfs/vm1.qcow2"), "root may not chown there (nfs)", "export it with no_root_squash");

    static Stream<Arguments> reasons() {
        return Stream.of(
                reason(
                        "guest vm1 is running (pid 42)",
                        Blocker.Obstacle.GUESTS,
                        oldHost().guest("vm1", 42, OLD)),
                reason(
                        "guest root-vm is running (pid 43)",
                        Blocker.Obstacle.GUESTS,
                        oldHost().guestOfSomebodyElse("root-vm", 43)),
                reason(
                        "process 7 (swtpm) runs with uid 109, gid 114",
                        Blocker.Obstacle.GUESTS,
                        oldHost().idUser(7, "swtpm", ids(OLD))),
                reason(
                        "qemu-img (pid 8) has /var/lib/libvirt/a open",
                        Blocker.Obstacle.GUESTS,
                        oldHost().imageUser(8, "qemu-img", Optional.of("/var/lib/libvirt/a"))),
                reason(
                        "qemu-nbd (pid 8) has an image (its open files cannot be seen) open",
                        Blocker.Obstacle.GUESTS,
                        oldHost().imageUser(8, "qemu-nbd", Optional.empty())),
                reason(
                        "uid 64055 is taken by user alice",
                        Blocker.Obstacle.TAKEN_ID,
                        oldHost().uidHolder(known(Optional.of("user alice")))),
                reason(
                        "gid 64055 is taken by group staff",
                        Blocker.Obstacle.TAKEN_ID,
                        oldHost().gidHolder(known(Optional.of("group staff")))),
                reason(
                        "uid 64055 is taken by process sleep (pid 9)",
                        Blocker.Obstacle.TAKEN_ID,
                        oldHost().targetUser(9, "sleep", new WatchedIds(Set.of(TARGET.uid()), Set.of()))),
                reason(
                        "gid 64055 is taken by process sleep (pid 9)",
                        Blocker.Obstacle.TAKEN_ID,
                        oldHost().targetUser(9, "sleep", new WatchedIds(Set.of(), Set.of(TARGET.gid())))),
                reason(
                        "the user libvirt-qemu does not stand in the local account files,"
                                + " so usermod and groupmod cannot change it",
                        Blocker.Obstacle.OTHER,
                        oldHost().userIsLocal(known(false))),
                reason(
                        "the group libvirt-qemu does not stand in the local account files,"
                                + " so usermod and groupmod cannot change it",
                        Blocker.Obstacle.OTHER,
                        oldHost().groupIsLocal(known(false))),
                reason(
                        "there is no group libvirt-qemu, but the other half of the account exists",
                        Blocker.Obstacle.OTHER,
                        oldHost().noGroup()),
                reason(
                        "there is no user libvirt-qemu, but the other half of the account exists",
                        Blocker.Obstacle.OTHER,
                        oldHost().noUser()),
                reason(
                        "a name service could not answer: ldap is down",
                        Blocker.Obstacle.OTHER,
                        oldHost().failingNameServices(known(List.of("ldap is down")))),
                reason(
                        "guest vm1 would not start afterwards: /nfs/vm1.qcow2: root may not chown there (nfs)",
                        Blocker.Obstacle.OTHER,
                        oldHost().unstartable(known(List.of(BEHIND_ROOT_SQUASH)))),
                reason(
                        "the home directory of libvirt-qemu is /, which usermod cannot be kept away from",
                        Blocker.Obstacle.OTHER,
                        oldHost().home("/")),
                reason(
                        "the account files are locked: pid 77 (adduser)",
                        Blocker.Obstacle.OTHER,
                        oldHost().passwdLock(known(Optional.of("pid 77 (adduser)")))),
                reason(
                        "/etc is on a read-only file system",
                        Blocker.Obstacle.OTHER,
                        oldHost().readOnly(known(List.of("/etc")))),
                reason(
                        "/etc/libvirt/qemu.conf says user = \"+109\", a number: guests would not follow",
                        Blocker.Obstacle.OTHER,
                        oldHost().qemuConf("+109", "libvirt-qemu")),
                reason(
                        "/etc/libvirt/qemu.conf says group = \"114\", a number: guests would not follow",
                        Blocker.Obstacle.OTHER,
                        oldHost().qemuConf("libvirt-qemu", "114")));
    }

    private static Arguments reason(String sentence, Blocker.Obstacle obstacle, HostStory host) {
        return Arguments.of(sentence, obstacle, host);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reasons")
    void eachFactThatForbidsAConversionIsSaidInItsOwnSentence(
            String sentence, Blocker.Obstacle obstacle, HostStory host) {
        List<Blocker> blockers = assess(host).blockers();
        assertEquals(List.of(sentence), blockers.stream().map(Blocker::sentence).toList());
        assertEquals(obstacle, blockers.get(0).obstacle());
        assertFalse(blockers.get(0).advice().isBlank());
    }

    static List<HostStory.Obstacle> unknowns() {
        return HostStory.unknowns(HostStory::oldHost);
    }

    @ParameterizedTest
    @MethodSource("unknowns")
    void whatIsNotKnownForbidsAConversionAndGivesItsReason(HostStory.Obstacle unknown) {
        Assessment assessment = assess(unknown.host().get());
        assertEquals(State.BLOCKED, assessment.state());
        assertTrue(
                assessment.blockers().stream()
                        .anyMatch(blocker -> blocker.sentence().endsWith(": why")),
                "" + assessment.blockers());
    }

    @Test
    void theHolderOfAnIdThatCannotBeAskedForIsAFailingNameService() {
        HostStory host =
                oldHost().uidHolder(Fact.unknown("udm: exit code 1")).gidHolder(Fact.unknown("udm: exit code 1"));
        assertEquals(List.of("NAME_SERVICE_FAILING"), kinds(assess(host)), "said once");
    }

    @Test
    void theNamesThatScriptsKnowBlockersByStay() {
        List<Blocker> all = List.of(
                new Blocker.GuestRunning("vm1", Optional.empty()),
                new Blocker.ProcessUsesId("swtpm", 1, "uid 109"),
                new Blocker.ImageInUse("qemu-img", 1, "/a"),
                new Blocker.UidTaken(new Uid(1), "user a"),
                new Blocker.GidTaken(new Gid(1), "group a"),
                new Blocker.AccountNotLocal("user a"),
                new Blocker.AccountIncomplete("user a"),
                new Blocker.NameServiceFailing("a"),
                new Blocker.CannotSee("a", "b"),
                new Blocker.GuestsWouldNotStart("a", "b", "c", "d"),
                new Blocker.HomeIsRoot("a", "/", false),
                new Blocker.PasswdLocked("a"),
                new Blocker.ReadOnly("/etc"),
                new Blocker.ConversionRunning(),
                new Blocker.NumericUserConfigured("user", "109"));
        assertEquals(
                List.of(
                        "GUEST_RUNNING",
                        "PROCESS_USES_ID",
                        "IMAGE_IN_USE",
                        "UID_TAKEN",
                        "GID_TAKEN",
                        "ACCOUNT_NOT_LOCAL",
                        "ACCOUNT_INCOMPLETE",
                        "NAME_SERVICE_FAILING",
                        "CANNOT_SEE",
                        "GUESTS_WOULD_NOT_START",
                        "HOME_IS_ROOT",
                        "PASSWD_LOCKED",
                        "READ_ONLY",
                        "CONVERSION_RUNNING",
                        "NUMERIC_USER_CONFIGURED"),
                all.stream().map(Blocker::kind).toList());
        assertEquals(Blocker.class.getPermittedSubclasses().length, all.size(), "one of each");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "", "/usr", "/var", "/etc/", "/usr/../usr/bin", "/run"})
    void aHomeThatUsermodNeedsItselfIsRefused(String home) {
        assertEquals(List.of("HOME_IS_ROOT"), kinds(assess(oldHost().home(home))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/var/lib/libvirt", "/nonexistent", "/home/libvirt-qemu", "/var/empty"})
    void anyOtherHomeCanBeCovered(String home) {
        assertEquals(List.of(), kinds(assess(oldHost().home(home))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "", "/etc", "/var/.."})
    void belowAnotherRootItNeedsTheAccountFiles(String home) {
        assertEquals(List.of("HOME_IS_ROOT"), kinds(assess(oldHost().offline().home(home))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr", "/var", "/nonexistent"})
    void belowAnotherRootItNeedsNothingElse(String home) {
        assertEquals(List.of(), kinds(assess(oldHost().offline().home(home))));
    }

    @Test
    void somebodyCanDecideThatGuestsWhichWouldNotStartDoNotMatter() {
        HostStory host = oldHost().unstartable(known(List.of(BEHIND_ROOT_SQUASH)));
        Assessment assessment = new Assessor(true).assess(host.snapshot(), new ConversionFact.Idle());
        assertEquals(State.CONVERTIBLE, assessment.state());
    }

    @Test
    void thatDecisionCoversNothingElse() {
        HostStory host =
                oldHost().unstartable(known(List.of(BEHIND_ROOT_SQUASH))).guest("vm1", 42, OLD);
        Assessment assessment = new Assessor(true).assess(host.snapshot(), new ConversionFact.Idle());
        assertEquals(List.of("GUEST_RUNNING"), kinds(assessment));
    }

    @Test
    void allReasonsAreSaidAtOnce() {
        HostStory host = oldHost()
                .guest("vm1", 42, OLD)
                .guest("vm2", 43, OLD)
                .uidHolder(known(Optional.of("user alice")))
                .readOnly(known(List.of("/etc")));
        assertEquals(List.of("UID_TAKEN", "GUEST_RUNNING", "GUEST_RUNNING", "READ_ONLY"), kinds(assess(host)));
    }
}
