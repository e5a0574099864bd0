package io.idagent.conversion;

import static io.idagent.host.HostStory.owner;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.conversion.ConversionPlan.LabelHalves;
import io.idagent.platform.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The steps one after the other, and what they prove. */
@Tag("root")
class StepsTest extends OldSystem {

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
}
