package io.idagent.host;

import static io.idagent.host.ProcessStories.NEW;
import static io.idagent.host.ProcessStories.OLD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.host.GuestFileFacts.Missing;
import io.idagent.host.GuestFileFacts.NotSeen;
import io.idagent.host.GuestFileFacts.Present;
import io.idagent.host.GuestFileFacts.RootRefused;
import io.idagent.platform.DacLabel;
import io.idagent.platform.Domain;
import io.idagent.platform.DomainFile;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnstartableGuestsTest {

    private static final String IMAGE = "/srv/vm1.qcow2";
    private static final Owner ALICE = new Owner(new Uid(1000), new Gid(1000));
    private static final Owner ROOT = new Owner(Uid.ROOT, Gid.ROOT);
    private static final DacLabel NO_RELABEL = new DacLabel(Optional.empty(), false, Optional.empty());

    private static final UnstartableGuests USUAL = new UnstartableGuests(OLD, NEW, Set.of(new Gid(104)), true);
    private static final UnstartableGuests NOT_DYNAMIC = new UnstartableGuests(OLD, NEW, Set.of(new Gid(104)), false);

    private static Domain domain(Optional<DacLabel> label, Optional<DacLabel> fileLabel, boolean readOnly) {
        DomainFile file = new DomainFile(IMAGE, DomainFile.Role.DISK, readOnly, fileLabel);
        return new Domain("vm1", "u", false, Optional.empty(), List.of(file), List.of(), label, false);
    }

    private static final Domain PLAIN = domain(Optional.empty(), Optional.empty(), false);

    private static GuestFileFacts local(Owner owner, int mode, boolean reowned) {
        return new GuestFileFacts("ext4", true, false, reowned, new Present(owner, mode, Optional.of(true), List.of()));
    }

    private static GuestFileFacts nfs(Owner owner, int mode, boolean rootMayGive) {
        return new GuestFileFacts(
                "nfs4", false, false, false, new Present(owner, mode, Optional.of(rootMayGive), List.of()));
    }

    private static List<UnstartableGuest> among(UnstartableGuests rules, Domain domain, GuestFileFacts facts) {
        return rules.among(List.of(domain), path -> facts).switchOn(Fact.Known::value, reason -> {
            throw new AssertionError(reason);
        });
    }

    private static void starts(UnstartableGuests rules, Domain domain, GuestFileFacts facts) {
        assertEquals(List.of(), among(rules, domain, facts));
    }

    private static UnstartableGuest doesNotStart(UnstartableGuests rules, Domain domain, GuestFileFacts facts) {
        List<UnstartableGuest> found = among(rules, domain, facts);
        assertEquals(1, found.size());
        assertEquals("vm1", found.get(0).name());
        return found.get(0);
    }

    private static GuestFileFacts behind(GuestFileFacts.Directory directory) {
        return new GuestFileFacts(
                "ext4", true, false, true, new Present(OLD, 0600, Optional.of(true), List.of(directory)));
    }

    @Test
    void aDirectoryOnTheWayThatOnlyTheOldNumbersEnterKeepsAGuestFromStarting() {
        GuestFileFacts closed = behind(new GuestFileFacts.Directory("/srv/kvm", OLD, 0750, false));

        UnstartableGuest guest = doesNotStart(USUAL, PLAIN, closed);

        assertTrue(guest.why().startsWith("/srv/kvm, on the way to " + IMAGE), guest.why());
        starts(USUAL, PLAIN, behind(new GuestFileFacts.Directory("/srv/kvm", OLD, 0750, true)));
        starts(USUAL, PLAIN, behind(new GuestFileFacts.Directory("/srv/kvm", OLD, 0751, false)));
        starts(USUAL, PLAIN, behind(new GuestFileFacts.Directory("/srv/kvm", ALICE, 0700, false)));
        starts(USUAL, PLAIN, behind(new GuestFileFacts.Directory("/srv/kvm", NEW, 0700, false)));
    }

    @Test
    void libvirtGivesAnyLocalFileToTheAccount() {
        starts(USUAL, PLAIN, local(OLD, 0600, false));
        starts(USUAL, PLAIN, local(ROOT, 0600, false));
    }

    @Test
    void aLocalFileNeedNotBeSeen() {
        starts(USUAL, PLAIN, new GuestFileFacts("ext4", true, false, false, new NotSeen("0750")));
    }

    @Test
    void anImageOnASquashedShareIsOutOfReach() {
        UnstartableGuest guest = doesNotStart(USUAL, PLAIN, nfs(OLD, 0600, false));
        assertEquals(Optional.of(IMAGE), guest.file());
        assertTrue(guest.why().contains("109:114 with mode 600"), guest.why());
        assertTrue(guest.why().contains("root_squash"), guest.why());
        assertTrue(guest.whatToDo().contains("give " + IMAGE + " to 64055:64055"), guest.whatToDo());
    }

    @Test
    void onAShareThatTrustsRootLibvirtGivesIt() {
        starts(USUAL, PLAIN, nfs(OLD, 0600, true));
    }

    @Test
    void anImageThatTheTargetMayOpenIsNotOutOfReach() {
        starts(USUAL, PLAIN, nfs(NEW, 0600, false));
        starts(USUAL, PLAIN, nfs(new Owner(new Uid(109), NEW.gid()), 0660, false));
        starts(USUAL, PLAIN, nfs(OLD, 0666, false));
        starts(USUAL, PLAIN, nfs(new Owner(new Uid(109), new Gid(104)), 0660, false));
    }

    @Test
    void theFirstClassOfTheModeThatFitsDecides() {
        doesNotStart(NOT_DYNAMIC, PLAIN, nfs(new Owner(new Uid(109), NEW.gid()), 0606, false));
    }

    @Test
    void aDiskThatIsOnlyReadNeedsNoWriting() {
        starts(USUAL, domain(Optional.empty(), Optional.empty(), true), nfs(OLD, 0644, false));
        doesNotStart(USUAL, PLAIN, nfs(OLD, 0644, false));
    }

    @Test
    void aGuestThatDoesNotStartTodayEitherIsNotTheConversionsFault() {
        starts(USUAL, PLAIN, nfs(ALICE, 0600, false));
        starts(USUAL, PLAIN, new GuestFileFacts("nfs4", false, false, false, new Missing()));
    }

    @Test
    void whereRootIsRefusedNobodyCanTellAndTheGuestIsNamed() {
        doesNotStart(USUAL, PLAIN, new GuestFileFacts("nfs4", false, false, false, new RootRefused()));
    }

    @Test
    void withoutDynamicOwnershipOnlyWhatTheConversionChangesIsInReach() {
        starts(NOT_DYNAMIC, PLAIN, local(OLD, 0600, true));
        UnstartableGuest guest = doesNotStart(NOT_DYNAMIC, PLAIN, local(OLD, 0600, false));
        assertTrue(guest.why().contains("dynamic_ownership = 0"), guest.why());
        assertTrue(guest.whatToDo().contains("chown 64055:64055 " + IMAGE), guest.whatToDo());
    }

    @Test
    void aLabelWithoutRelabellingKeepsLibvirtFromHelping() {
        doesNotStart(USUAL, domain(Optional.empty(), Optional.of(NO_RELABEL), false), local(OLD, 0600, false));
        DacLabel none = new DacLabel(Optional.of("none"), false, Optional.empty());
        doesNotStart(USUAL, domain(Optional.of(none), Optional.empty(), false), local(OLD, 0600, false));
    }

    @Test
    void aReadOnlyMountKeepsLibvirtFromHelping() {
        GuestFileFacts facts =
                new GuestFileFacts("ext4", true, true, false, new Present(OLD, 0600, Optional.of(true), List.of()));
        assertTrue(doesNotStart(USUAL, PLAIN, facts).why().contains("read-only"));
    }

    @Test
    void aStaticLabelThatNamesTheOldNumberIsOutOfReachWhereverItsFilesLie() {
        DacLabel old = new DacLabel(Optional.of("static"), true, Optional.of("+109:+114"));
        UnstartableGuest guest =
                doesNotStart(USUAL, domain(Optional.of(old), Optional.empty(), false), local(OLD, 0600, true));
        assertTrue(guest.why().contains("+109:+114"), guest.why());
        DacLabel group = new DacLabel(Optional.of("static"), true, Optional.of("libvirt-qemu:114"));
        doesNotStart(USUAL, domain(Optional.of(group), Optional.empty(), false), local(OLD, 0600, true));
        DacLabel onDisk = new DacLabel(Optional.empty(), true, Optional.of("+109"));
        doesNotStart(USUAL, domain(Optional.empty(), Optional.of(onDisk), false), local(OLD, 0600, true));
    }

    @Test
    void aStaticLabelThatNamesTheAccountTheTargetOrSomebodyElseStays() {
        for (String text : List.of("libvirt-qemu:libvirt-qemu", "+64055:+64055", "+0:+0", "1000:1000", "+109x:a")) {
            DacLabel label = new DacLabel(Optional.of("static"), true, Optional.of(text));
            starts(USUAL, domain(Optional.of(label), Optional.empty(), false), nfs(OLD, 0600, false));
        }
    }

    @Test
    void aFileThatDecidesAndCannotBeSeenMakesTheAnswerUnknown() {
        GuestFileFacts blind = new GuestFileFacts("nfs4", false, false, false, new NotSeen("server does not answer"));
        Fact<List<UnstartableGuest>> fact = USUAL.among(List.of(PLAIN), path -> blind);
        assertFalse(fact.isKnown());
        assertTrue(fact.switchOn(known -> "", reason -> reason).contains(IMAGE + ": server does not answer"));
    }

    @Test
    void whatOnlyRootCanTellIsUnknownToOthersUnlessTheModeDecides() {
        GuestFileFacts closed =
                new GuestFileFacts("nfs4", false, false, false, new Present(OLD, 0600, Optional.empty(), List.of()));
        GuestFileFacts open =
                new GuestFileFacts("nfs4", false, false, false, new Present(NEW, 0600, Optional.empty(), List.of()));
        assertFalse(USUAL.among(List.of(PLAIN), path -> closed).isKnown());
        starts(USUAL, PLAIN, open);
    }
}
