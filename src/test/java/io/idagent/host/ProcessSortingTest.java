package io.idagent.host;

import static io.idagent.host.ProcessStories.KVM;
import static io.idagent.host.ProcessStories.NEW;
import static io.idagent.host.ProcessStories.OLD;
import static io.idagent.host.ProcessStories.active;
import static io.idagent.host.ProcessStories.inactive;
import static io.idagent.host.ProcessStories.kernelThread;
import static io.idagent.host.ProcessStories.process;
import static io.idagent.host.ProcessStories.withExecutable;
import static io.idagent.host.ProcessStories.zombie;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Domain;
import io.idagent.platform.Gid;
import io.idagent.platform.RunningProcess;
import io.idagent.platform.Uid;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessSortingTest {

    private static final WatchedIds WATCHED = WatchedIds.of(List.of(OLD));
    private static final WatchedIds TARGET = WatchedIds.of(List.of(NEW));

    private static ProcessSorting sort(List<Domain> domains, RunningProcess... processes) {
        return ProcessSorting.of(List.of(processes), WATCHED, TARGET, domains);
    }

    private static ProcessSorting sort(RunningProcess... processes) {
        return sort(List.of(), processes);
    }

    @Test
    void aQemuUnderTheAccountIsAGuestWithItsName() {
        ProcessSorting sorting =
                sort(process(7, 109, "114 104", "/usr/bin/qemu-system-x86_64", "-name", "guest=vm1,debug-threads=on"));
        assertEquals(
                List.of(new Guest(
                        "vm1",
                        Optional.of(7),
                        false,
                        Optional.of(new Uid(109)),
                        WATCHED,
                        new WatchedIds(Set.of(new Uid(109)), Set.of(new Gid(114), new Gid(KVM))))),
                sorting.guests());
        assertEquals(List.of(), sorting.idUsers());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/bin/qemu-system-aarch64",
                "qemu-system-x86_64",
                "/usr/libexec/qemu-kvm",
                "/usr/bin/kvm",
                "/opt/qemu/bin/qemu-system-x86_64 (deleted)"
            })
    void anEmulatorIsAGuestWhoeverOwnsIt(String program) {
        Guest guest = sort(process(7, 1000, "1000", program)).guests().get(0);
        assertEquals(Optional.of(new Uid(1000)), guest.runsAs());
        assertTrue(guest.ids().isEmpty());
    }

    @Test
    void anEmulatorThatHidesItsCommandLineIsFoundByItsFile() {
        RunningProcess hidden = withExecutable(process(7, 0, "0", "x"), "/usr/bin/qemu-system-x86_64 (deleted)");
        assertEquals(1, sort(hidden).guests().size());
    }

    @Test
    void whatHasEndedAndWaitsForItsParentCountsAndPasses() {
        // usermod refuses because of it, and an ended probe looks just like it.
        ProcessSorting emulator = sort(zombie(7, 109, "qemu-system-x86"));
        assertEquals(1, emulator.guests().size());
        assertEquals(1, emulator.passing().size());
        ProcessSorting other = sort(zombie(7, 109, "swtpm"));
        assertEquals(1, other.idUsers().size());
        assertEquals(1, other.passing().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/usr/bin/qemu-x86_64-static", "/usr/bin/qemu-ga", "/usr/bin/qemu-img", "/usr/bin/kvm-clock"})
    void otherProgramsWithQemuInTheirNameAreNoGuests(String program) {
        assertEquals(List.of(), sort(process(7, 1000, "1000", program)).guests());
    }

    @Test
    void whatEndsBetweenTwoReadsHasNoCommandLineAndPasses() {
        RunningProcess ending = withExecutable(process(7, 109, "114"), "/usr/bin/qemu-system-x86_64");
        assertEquals(1, sort(ending).passing().size());
        assertEquals(1, sort(ending).guests().size());
    }

    @Test
    void aNamelessEmulatorGoesByItsProgram() {
        assertEquals(
                "qemu-system-arm",
                sort(process(7, 1, "1", "/usr/bin/qemu-system-arm", "-S"))
                        .guests()
                        .get(0)
                        .name());
    }

    /** Anybody may start a program under any name, and have it stand in root's status. */
    @Test
    void noNameOfAProcessForgesALine() {
        assertEquals(
                "vm\\x0a  state  all is well\\x1b[2J",
                sort(process(7, 1, "1", "kvm", "-name", "guest=vm\n  state  all is well\u001b[2J"))
                        .guests()
                        .get(0)
                        .name());
        assertEquals(
                "a\\x0ab",
                sort(process(7, 109, "114", "/tmp/a\nb")).idUsers().get(0).program());
    }

    @Test
    void aCommaInAGuestsNameIsReadBack() {
        assertEquals(
                "a,b",
                sort(process(7, 1, "1", "kvm", "-name", "guest=a,,b,debug-threads=on"))
                        .guests()
                        .get(0)
                        .name());
        assertEquals(
                "old",
                sort(process(7, 1, "1", "kvm", "-name", "old,process=x"))
                        .guests()
                        .get(0)
                        .name());
    }

    @Test
    void anyOfTheFourUidsCounts() {
        IdUser user = sort(process(7, Set.of(new Uid(0), new Uid(109)), "0", "/usr/bin/swtpm"))
                .idUsers()
                .get(0);
        assertEquals("swtpm (pid 7)", user.toString());
        assertEquals(new WatchedIds(Set.of(new Uid(109)), Set.of()), user.ids());
    }

    @Test
    void theGidAloneCountsAlsoAsASupplementaryGroup() {
        IdUser user = sort(process(7, 1000, "1000 114", "bash")).idUsers().get(0);
        assertEquals(new WatchedIds(Set.of(), Set.of(new Gid(114))), user.ids());
    }

    @Test
    void theGroupKvmDoesNotCount() {
        assertEquals(List.of(), sort(process(7, 1000, "1000 " + KVM, "bash")).idUsers());
    }

    @Test
    void libvirtsCachedNumberCountsThoughTheNameHasAnother() {
        WatchedIds watched = WatchedIds.of(List.of(NEW, OLD));
        ProcessSorting sorting = ProcessSorting.of(
                List.of(process(7, 109, "114", "/usr/bin/qemu-system-x86_64")), watched, TARGET, List.of());
        assertEquals(WATCHED, sorting.guests().get(0).ids());
    }

    @Test
    void aKernelThreadIsNeither() {
        ProcessSorting sorting = sort(kernelThread(7, 109, "qemu-system-x86"));
        assertEquals(List.of(), sorting.guests());
        assertEquals(List.of(), sorting.idUsers());
    }

    @Test
    void anActiveDomainIsMergedWithItsProcessByPid() {
        ProcessSorting sorting =
                sort(List.of(active("vm1", 7), inactive("vm2")), process(7, 109, "114", "/usr/bin/qemu-system-x86_64"));
        assertEquals(
                List.of(new Guest("vm1", Optional.of(7), true, Optional.of(new Uid(109)), WATCHED, WATCHED)),
                sorting.guests());
    }

    @Test
    void anActiveDomainWithoutPidFileIsMergedByName() {
        ProcessSorting sorting =
                sort(List.of(active("vm1", null)), process(7, 109, "114", "kvm", "-name", "guest=vm1"));
        assertEquals(1, sorting.guests().size());
        assertTrue(sorting.guests().get(0).activeDomain());
    }

    @Test
    void aStalePidThatIsNoEmulatorMeansNothing() {
        ProcessSorting sorting = sort(
                List.of(active("vm1", 8)),
                process(7, 109, "114", "kvm", "-name", "guest=vm1"),
                process(8, 0, "0", "sshd"));
        assertEquals(Optional.of(7), sorting.guests().get(0).pid());
        assertEquals(1, sorting.guests().size());
    }

    @Test
    void anActiveDomainWithoutAProcessIsStillAGuest() {
        assertEquals(
                List.of(new Guest("vm1", Optional.empty(), true, Optional.empty(), WatchedIds.NONE, WatchedIds.NONE)),
                sort(List.of(active("vm1", 7))).guests());
    }

    @Test
    void aProcessUnderTheTargetIsReportedUnlessTheAccountHasThatHalfAlready() {
        RunningProcess stranger = process(7, 64055, "64055", "/usr/bin/other");
        IdUser user = sort(stranger).targetUsers().get(0);
        assertEquals(TARGET, user.ids());
        WatchedIds half = new WatchedIds(Set.of(new Uid(64055)), Set.of(new Gid(114)));
        assertEquals(
                new WatchedIds(Set.of(), Set.of(new Gid(64055))),
                ProcessSorting.of(List.of(stranger), half, TARGET, List.of())
                        .targetUsers()
                        .get(0)
                        .ids());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "none,accel=kvm:tcg", "type=none,accel=tcg", "accel=tcg,type=none"})
    void aQemuOnTheMachineNonePasses(String machine) {
        assertEquals(
                1,
                sort(process(7, 109, "114", "qemu-system-arm", "-S", "-machine", machine, "-daemonize"))
                        .passing()
                        .size());
        assertEquals(
                1, sort(process(7, 109, "114", "kvm", "-M", machine)).passing().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonexistent", "pc,none=off", "q35,accel=none", "pc"})
    void aQemuOnARealMachineDoesNotPass(String machine) {
        ProcessSorting sorting = sort(process(7, 109, "114", "kvm", "-machine", machine));
        assertEquals(List.of(), sorting.passing());
        assertEquals(1, sorting.guests().size());
    }

    @Test
    void libvirtsOwnChildOnTheWayToQemuPasses() {
        assertEquals(
                1,
                sort(process(7, 109, "114", "/usr/sbin/libvirtd", "--timeout", "120"))
                        .passing()
                        .size());
        assertEquals(List.of(), sort(process(7, 0, "0", "/usr/sbin/libvirtd")).passing());
    }
}
