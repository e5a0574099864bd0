package io.idagent.cli;

import static io.idagent.host.HostStory.NOON;
import static io.idagent.host.HostStory.OLD;
import static io.idagent.host.HostStory.TARGET;
import static io.idagent.host.HostStory.newHost;
import static io.idagent.host.HostStory.oldHost;
import static io.idagent.host.HostStory.scan;
import static io.idagent.host.HostStory.tally;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.conversion.JournalEntry;
import io.idagent.conversion.Outcomes;
import io.idagent.conversion.Step;
import io.idagent.host.Fact;
import io.idagent.migration.MigrationFinding;
import io.idagent.ownership.Tally;
import io.idagent.platform.QemuConf;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person reads, word for word. */
class TextTest {

    private static final JournalEntry OPENED =
            new JournalEntry.Opened(NOON, 1, Documents.plan(oldHost()).orElseThrow());

    @Test
    void anOldHostWithAGuest() {
        assertEquals(
                """
                BLOCKED: libvirt-qemu has 109:114 instead of 64055:64055, and it cannot be changed now

                  account   libvirt-qemu: uid 109, should be 64055, gid 114, should be 64055
                  libvirt   starts guests as 109:114
                  guests    vm1 (pid 42, uid 109)
                  files     4711 looked at, to change:
                              3 with former or current numbers, 3.0 MiB
                                /var/lib/libvirt/images/old.qcow2
                                ...
                              1 that belong to nobody (orphans), 1.0 MiB
                                /var/lib/libvirt/images/orphan.qcow2

                In the way:
                  GUEST_RUNNING: guest vm1 is running (pid 42)
                    -> shut it down or save it (virsh shutdown, virsh managedsave), then try again; --wait 30m waits for it

                Worth a look:
                  SAME_OLD_NUMBER: other hosts that still have 109:114 exchange guests with this one until it is converted, and no longer afterwards
                    -> convert a fleet host by host: empty each one onto a converted host, then convert it
                """,
                StatusText.of(
                        Documents.status(oldHost().guest("vm1", 42, OLD).files(scan(3, 1)), Documents.history())));
    }

    @Test
    void aConvertedHost() {
        assertEquals(
                """
                NORMALIZED: ids are right

                  account   libvirt-qemu: uid 64055 (right), gid 64055 (right)
                  libvirt   starts guests as 64055:64055
                  guests    vm1 (pid 42, uid 64055)
                  files     none to change (4711 looked at)
                  last      convert 20260301T120000Z: libvirt-qemu has 64055:64055 (17 files, libvirt down 0.81 s)
                """,
                StatusText.of(Documents.status(
                        newHost().guest("vm1", 42, TARGET),
                        Documents.history(OPENED, new JournalEntry.Closed(NOON, Outcomes.done())))));
    }

    @Test
    void aHostWithoutTheAccount() {
        assertEquals(
                """
                NOT_APPLICABLE: there is no user and no group libvirt-qemu here

                  account   libvirt-qemu: uid none, gid none
                  libvirt   not installed, or it could not be asked
                  guests    none running
                """,
                StatusText.of(Documents.status(
                        oldHost().withoutLibvirt().noUser().noGroup().files(Fact.unknown("no account")),
                        Documents.history())));
    }

    @Test
    void aHostWhoseConversionWasCutOff() {
        String text = StatusText.of(Documents.status(newHost().label(OLD), Documents.history(OPENED)));
        assertTrue(text.startsWith("INTERRUPTED: the conversion 20260301T120000Z was cut off;"), text);
        assertTrue(text.contains("  last      convert 20260301T120000Z: cut off\n"), text);
    }

    @Test
    void whatCouldNotBeSeenIsSaidEachReasonOnce() {
        String text = StatusText.of(Documents.status(
                newHost()
                        .qemuConf(Fact.<QemuConf>unknown("only root can read it"))
                        .processesNotSeen("processes of others are hidden")
                        .passwdLock(Fact.unknown("only root can read it")),
                Fact.unknown("only root may read the journals")));
        assertTrue(text.endsWith("""

                        Not seen:
                          only root can read it
                          processes of others are hidden
                          only root may read the journals
                        """), text);
        assertTrue(text.contains("  guests    not seen\n"), text);
    }

    @Test
    void aPlan() {
        assertEquals(
                """
                CONVERTIBLE: libvirt-qemu has 109:114 instead of 64055:64055; nothing forbids to change it

                What would be done (this is a dry run; nothing was changed):
                  listing the files to change
                  stopping libvirt and holding it down: libvirtd.service, and along with them libvirt-guests.service
                  looking for guests once more
                  changing the ids of the account: libvirt-qemu 109:114 -> 64055:64055; the old numbers stay reserved while files carry them
                  locking the account files, dropping caches
                  changing owners: 4 files
                  starting libvirt: libvirtd.service, and along with them libvirt-guests.service
                  proving the result

                libvirt would be down for about 1 s; running guests are not touched.

                1 file outside the roots with a number that is given up, which would be left alone:
                  /srv/x
                  -> if they are the account's, add their directory to idagent.additional-roots
                """, PlanText.of(Documents.planDocument(oldHost().files(scan(3, 1)), Optional.of(tally(1, "/srv/x")))));
    }

    @Test
    void aPlanThatIsNone() {
        assertEquals("""
                NORMALIZED: ids are right

                Nothing would be done now.
                """, PlanText.of(Documents.planDocument(newHost(), Optional.empty())));
    }

    @Test
    void aPlanThatIsBlockedSaysByWhat() {
        String text = PlanText.of(Documents.planDocument(oldHost().guest("vm1", 42, OLD), Optional.of(Tally.NOTHING)));
        assertTrue(text.contains("GUEST_RUNNING: guest vm1 is running (pid 42)"), text);
        assertTrue(text.endsWith("\nNothing would be done now.\n"), text);
    }

    @Test
    void anOutcome() {
        assertEquals("""

                Done: libvirt-qemu has 64055:64055.
                  changed   17 files
                  libvirt   down for 0.81 s
                  journal   /var/lib/libvirt-id-agent/conversions/20260301T120000Z
                """, OutcomeText.of(Outcomes.done()));
    }

    @Test
    void anOutcomeWithAllThatCanBeLeft() {
        assertEquals("""

                Done: libvirt-qemu has 64055:64055, but some files could not be changed.
                  changed   1 file
                  libvirt   down for 0.81 s
                  outside   2 files outside the roots with the number given up; left as it was:
                              /srv/x
                              /srv/y
                  left      1 file with former numbers
                  problem   /var/lib/libvirt/images/a: Operation not permitted (immutable)
                  note      A cache may still know the old numbers: nscd
                  journal   /var/lib/libvirt-id-agent/conversions/20260301T120000Z
                """, OutcomeText.of(Outcomes.withLeftovers()));
    }

    @Test
    void eachEndHasItsWord() {
        assertTrue(OutcomeText.of(Outcomes.of(Result.BLOCKED, "x")).startsWith("\nBlocked: x.\n"));
        assertTrue(OutcomeText.of(Outcomes.of(Result.UNDONE, "x")).startsWith("\nFailed: x.\n"));
        assertTrue(OutcomeText.of(Outcomes.of(Result.UNFINISHED, "x")).startsWith("\nNot finished: x.\n"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 bytes",
        "1023, 1023 bytes",
        "1024, 1.0 KiB",
        "1536, 1.5 KiB",
        "1048576, 1.0 MiB",
        "9223372036854775807, 8.0 EiB"
    })
    void sizesHaveUnits(long bytes, String expected) {
        assertEquals(expected, Units.bytes(bytes));
    }

    @Test
    void timesAreSeconds() {
        assertEquals("0.81 s", Units.seconds(Duration.ofMillis(810)));
        assertEquals("75.00 s", Units.seconds(Duration.ofSeconds(75)));
    }

    @Test
    void oneFileIsNotFiles() {
        assertEquals(
                List.of("0 files", "1 file", "2 files"), List.of(Tally.inWords(0), Tally.inWords(1), Tally.inWords(2)));
    }

    /** Of snapshots, of backing files, or in another host's answer. */
    @Test
    void noNameInAFindingForgesALineOrMovesTheCursor() {
        MigrationFinding finding = new MigrationFinding(
                MigrationFinding.Severity.ERROR,
                MigrationFinding.Kind.FORMAT_MISMATCH,
                Optional.of("vm\u001b[2J"),
                "of a\n  nothing",
                "why\r",
                "mend\u009b");
        assertEquals(
                """
                1 error on h\\x0a1

                  error    vm\\x1b[2J  FORMAT_MISMATCH: of a\\x0a  nothing
                                        why\\x0d
                                        -> mend\\xc2\\x9b
                """,
                MigrationText.of(new MigrationDocument(
                        1, 8, "1 error on h\n1", "h1", Optional.empty(), List.of(), List.of(finding))));
    }

    @Test
    void noNameInAStatusDoes() {
        String text = StatusText.of(Documents.status(oldHost().guest("vm\u001b\n", 42, OLD), Documents.history()));
        assertTrue(text.contains("guests    vm\\x1b\\x0a (pid 42"), text);
        assertTrue(text.contains("guest vm\\x1b\\x0a is running"), text);
    }

    @Test
    void whateverIsSaidHasNothingThatATerminalObeys() {
        StringWriter said = new StringWriter();
        new Answer(new PrintWriter(said), Output.text).line("guest a\n\u001b[2J");
        new Answer(new PrintWriter(said), Output.text).text("two\nlines\u001b\n");
        new Answer(new PrintWriter(said), Output.json).document("\u009b");
        ProgressLines progress = new ProgressLines(new PrintWriter(said), false);
        progress.waiting("for a\n\u001b");
        progress.failed(Step.PROVE, "of a\nb");
        assertEquals("""
                guest a\\x0a\\x1b[2J
                two
                lines\\x1b
                "\\u009b"
                Waiting: for a\\x0a\\x1b
                  proving the result                          FAILED  of a\\x0ab
                """, said.toString());
    }
}
