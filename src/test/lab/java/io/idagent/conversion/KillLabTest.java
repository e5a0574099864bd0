package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Change;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * SIGKILL at every moment that the journal knows of: each of its entries is on the disk by an fsync, and at the nth of them
 * the program is killed. What is run again then finds exactly what a crash between two steps leaves.
 */
@NeedsLab
class KillLabTest {

    private static final int KILLED = 137;
    /** What a rollback says that was killed after its very last entry. */
    private static final String NOTHING_TO_TAKE_BACK = "no conversion that could be taken back";

    private static final String IMAGES = "/var/lib/libvirt/images/";
    /** Opened, begun and done for each of eight steps, closed. */
    private static final int JOURNAL_ENTRIES = 18;

    @Test
    void killedAtAnyEntryOfItsJournalTheNextRunBringsTheHostWhereItWasToGo(Lab lab) throws Exception {
        // On two hosts at a time, for the sake of time: one takes the odd entries, the other the even ones.
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Integer>> halves = List.of(
                    () -> killAtEachSecondEntry(Old.boot(lab, "h1"), 3),
                    () -> killAtEachSecondEntry(Old.boot(lab, "h2"), 4));
            for (Future<Integer> survived : both.invokeAll(halves)) {
                assertTrue(survived.get() > JOURNAL_ENTRIES, "not killed any more at " + survived.get());
            }
        } finally {
            both.shutdown();
        }
    }

    /** @return the first entry at which there was nothing left to kill */
    private static int killAtEachSecondEntry(Old host, int first) {
        int nth = first;
        while (host.kill("fsync", nth, "--convert-now")) {
            host.agent("--convert-now").mustSucceed();
            host.mustBeConverted("after kill " + nth);
            if (nth % 3 == 0) {
                host.kill("fsync", nth, "--rollback");
            }
            Result rollback = host.agent("--rollback");
            assertTrue(rollback.succeeded() || rollback.out().contains(NOTHING_TO_TAKE_BACK), rollback.out());
            host.mustBeAsBefore("after kill " + nth + " and rollback");
            host.machine.sh(
                    "grep -q 'rolled back to 109:114' /etc/libvirt-id-agent/paused && rm /etc/libvirt-id-agent/paused");
            nth += 2;
        }
        host.mustBeConverted("not killed");
        host.mustNotChangeAgain();
        return nth;
    }

    /** It is the only one, and not finished: it is finished, and then taken back. */
    @Test
    void aConversionThatWasCutOffCanBeTakenBack(Lab lab) {
        Old host = Old.boot(lab, "h1");
        assertTrue(host.kill("fchownat", 2, "--convert-now"));

        host.agent("--rollback").mustSucceed();

        host.mustBeAsBefore("cut off and rolled back");
    }

    /** Each run is killed a little later than the run before, and finds what that one has left. */
    @Test
    void theRecoveryItselfMayBeKilledAgainAndAgain(Lab lab) {
        Old host = Old.boot(lab, "h1");
        int kills = 0;
        while (host.kill("fsync", 4 + 2 * kills, "--convert-now")) {
            kills++;
        }
        host.mustBeConverted("after " + kills + " kills in a row");
        assertTrue(kills >= 5, "only " + kills + " kills");
        host.mustNotChangeAgain();
    }

    @Test
    void killedWhileOwnersChangeTheRestIsChangedByTheNextRun(Lab lab) {
        Old host = Old.boot(lab, "h1");
        for (int nth : new int[] {1, 7}) {
            assertTrue(host.kill("fchownat", nth, "--convert-now"));
            assertEquals("64055:64055", host.machine.ids());
            assertNotEquals("", host.machine.filesWith(109, 114));

            host.agent("--convert-now").mustSucceed();

            host.mustBeConverted("killed at owner " + nth);
            host.agent("--rollback").mustSucceed();
            host.mustBeAsBefore("killed at owner " + nth);
        }
    }

    /** The number of the user is new, that of the group is old: what a careless script leaves behind. */
    @Test
    void killedBetweenUsermodAndGroupmodTheNextRunDoesTheOtherHalf(Lab lab) {
        Old host = Old.boot(lab, "h1");
        host.machine.beforeEach("/usr/sbin/groupmod", "kill -9 $PPID; exit 1");
        assertEquals(KILLED, host.agent("--convert-now").exitCode());
        assertEquals("64055:114", host.machine.ids());
        host.machine.nothingBefore("/usr/sbin/groupmod");

        host.agent("--convert-now").mustSucceed();

        host.mustBeConverted("killed between usermod and groupmod");
        host.agent("--rollback").mustSucceed();
        host.mustBeAsBefore("killed between usermod and groupmod");
    }

    /** usermod does not die with the program, and ends its work while the next run begins. */
    @Test
    void killedWhileUsermodRunsTheNextRunGetsAlongWithIt(Lab lab) {
        Old host = Old.boot(lab, "h1");
        host.machine.beforeEach(
                "/usr/sbin/usermod", "[ -e /run/once ] || { touch /run/once; kill -9 $PPID; sleep 1; }");
        assertEquals(KILLED, host.agent("--convert-now").exitCode());

        host.agent("--convert-now").mustSucceed();

        host.machine.sh("while pgrep -x usermod; do sleep 0.1; done");
        host.mustBeConverted("killed while usermod runs");
    }

    /** It leaves its lock file behind. The host is as it was, and the next run is not kept off by that. */
    @Test
    void whereAToolItselfIsKilledAllIsUndoneAndTheNextRunConvertsTheHost(Lab lab) {
        Old host = Old.boot(lab, "h1");
        for (String tool : List.of("usermod", "useradd")) {
            String reserves = "-Didagent.reserve-former-ids=" + tool.equals("useradd");
            // Its second link(2): /etc/passwd is locked, /etc/shadow is about to be.
            Result failed = host.machine.agentKilledAt("link", 2, "--convert-now", reserves);
            assertEquals(6, failed.exitCode());
            assertTrue(
                    failed.out().contains("Failed: " + tool) && failed.out().contains(": exit 137. All is as before."),
                    failed.out());
            if (tool.equals("usermod")) {
                assertEquals("/etc/passwd.lock", host.machine.sh("ls /etc/*.lock"));
            }
            assertEquals("109:114", host.machine.ids());
            assertEquals("", Change.between(host.owners, host.machine.owners()));
            assertEquals(host.units, host.machine.activeUnits());
        }

        host.agent("--convert-now").mustSucceed();

        host.mustBeConverted("tools were killed");
    }

    @Test
    void afterAPowerCutTheNextRunConvertsTheHost(Lab lab) {
        Old host = Old.boot(lab, "h1");
        for (int nth = 5; host.kill("fsync", nth, "--convert-now"); nth += 6) {
            host.machine.crash();
            host.machine.bootAgain();

            host.agent("--convert-now").mustSucceed();

            host.mustBeConverted("power cut at write " + nth);
            host.agent("--rollback").mustSucceed();
        }
    }

    /** An old host with files of all kinds, and what it was like. */
    private record Old(Host machine, String owners, String units) {

        static Old boot(Lab lab, String name) {
            Host h1 = lab.host(name).withIds(109, 114).boot();
            assertEquals("+109:+114", h1.baseLabel());
            h1.sh("cd " + IMAGES + """
                    && touch orphan.raw already.raw root.raw && chown 994:994 orphan.raw
                    chown 64055:64055 already.raw && mkdir sub && ln -s / sub/link && chown -hR 109:114 sub
                    """);
            return new Old(h1, h1.owners(), h1.activeUnits());
        }

        Result agent(String... arguments) {
            return machine.agent(arguments);
        }

        /** @return false if the program came to its end without so many calls */
        boolean kill(String systemCall, int nth, String... arguments) {
            Result result = machine.agentKilledAt(systemCall, nth, arguments);
            if (result.exitCode() != KILLED) {
                result.mustSucceed();
            }
            return result.exitCode() == KILLED;
        }

        void mustBeConverted(String when) {
            String expected = owners.replaceAll("(?m)^(109:114|994:994) ", "64055:64055 ");
            mustBe("64055:64055", expected, when);
        }

        void mustBeAsBefore(String when) {
            mustBe("109:114", owners, when);
        }

        private void mustBe(String ids, String files, String when) {
            assertAll(
                    when,
                    () -> assertEquals(ids, machine.ids()),
                    () -> assertEquals("+" + ids.replace(":", ":+"), machine.baseLabel()),
                    () -> assertEquals("", Change.between(files, machine.owners())),
                    () -> assertEquals(units, machine.activeUnits()),
                    () -> assertEquals(
                            "",
                            machine.sh(
                                    "cd / && ls -d run/systemd/system/*/*libvirt-id-agent* run/libvirt-id-agent/converting"
                                            + " etc/passwd.lock etc/group.lock etc/shadow.lock etc/gshadow.lock"
                                            + " 2>/dev/null || true")));
        }

        void mustNotChangeAgain() {
            String before = machine.snapshot();
            agent("--convert-now").mustSucceed();
            assertEquals("", Change.between(before, machine.snapshot()));
        }
    }
}
