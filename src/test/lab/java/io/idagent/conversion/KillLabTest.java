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
    void killedAtAnyEntryOfItsJournalTheNextRunConvertsTheHost(Lab lab) {
        Old host = Old.boot(lab);
        int kills = 0;
        while (host.kill("fsync", kills + 1, "--convert-now")) {
            kills++;
            host.agent("--convert-now").mustSucceed();
            host.mustBeConverted("after kill " + kills);
            host.mustNotChangeAgain();
            host.agent("--rollback").mustSucceed();
            host.mustBeAsBefore("after kill " + kills + " and rollback");
        }
        host.mustBeConverted("not killed");
        assertTrue(kills >= JOURNAL_ENTRIES, "only " + kills + " kills");
    }

    @Test
    void killedAtAnyEntryARollbackIsFinishedByTheNextOne(Lab lab) {
        Old host = Old.boot(lab);
        host.agent("--convert-now").mustSucceed();
        int kills = 0;
        while (host.kill("fsync", kills + 1, "--rollback")) {
            kills++;
            Result again = host.agent("--rollback");
            assertTrue(again.succeeded() || again.out().contains(NOTHING_TO_TAKE_BACK), again.out());
            host.mustBeAsBefore("after kill " + kills);
            assertTrue(host.h1.run("test", "-s", "/etc/libvirt-id-agent/paused").succeeded(), "not paused");
            host.h1.sh("rm /etc/libvirt-id-agent/paused");
            host.agent("--convert-now").mustSucceed();
            host.mustBeConverted("after kill " + kills + " and conversion");
        }
        host.mustBeAsBefore("not killed");
        assertTrue(kills >= JOURNAL_ENTRIES, "only " + kills + " kills");
    }

    /** Each run is killed one entry later than the run before, and finds what that one has left. */
    @Test
    void theRecoveryItselfMayBeKilledAgainAndAgain(Lab lab) {
        Old host = Old.boot(lab);
        int kills = 0;
        while (host.kill("fsync", kills + 1, "--convert-now")) {
            kills++;
        }
        host.mustBeConverted("after " + kills + " kills in a row");
        assertTrue(kills >= 10, "only " + kills + " kills");
        host.mustNotChangeAgain();
    }

    @Test
    void killedWhileOwnersChangeTheRestIsChangedByTheNextRun(Lab lab) {
        Old host = Old.boot(lab);
        for (int nth : new int[] {1, 2, 7}) {
            assertTrue(host.kill("fchownat", nth, "--convert-now"));
            assertEquals("64055:64055", host.h1.ids());
            assertNotEquals("", host.h1.filesWith(109, 114));

            host.agent("--convert-now").mustSucceed();

            host.mustBeConverted("killed at owner " + nth);
            host.agent("--rollback").mustSucceed();
            host.mustBeAsBefore("killed at owner " + nth);
        }
    }

    /** The number of the user is new, that of the group is old: what a careless script leaves behind. */
    @Test
    void killedBetweenUsermodAndGroupmodTheNextRunDoesTheOtherHalf(Lab lab) {
        Old host = Old.boot(lab);
        host.h1.beforeEach("/usr/sbin/groupmod", "kill -9 $PPID; exit 1");
        assertEquals(KILLED, host.agent("--convert-now").exitCode());
        assertEquals("64055:114", host.h1.ids());
        host.h1.nothingBefore("/usr/sbin/groupmod");

        host.agent("--convert-now").mustSucceed();

        host.mustBeConverted("killed between usermod and groupmod");
        host.agent("--rollback").mustSucceed();
        host.mustBeAsBefore("killed between usermod and groupmod");
    }

    /** usermod does not die with the program, and ends its work while the next run begins. */
    @Test
    void killedWhileUsermodRunsTheNextRunGetsAlongWithIt(Lab lab) {
        Old host = Old.boot(lab);
        host.h1.beforeEach("/usr/sbin/usermod", "[ -e /run/once ] || { touch /run/once; kill -9 $PPID; sleep 1; }");
        assertEquals(KILLED, host.agent("--convert-now").exitCode());

        host.agent("--convert-now").mustSucceed();

        host.h1.sh("while pgrep -x usermod; do sleep 0.1; done");
        host.mustBeConverted("killed while usermod runs");
    }

    @Test
    void afterAPowerCutTheNextRunConvertsTheHost(Lab lab) {
        Old host = Old.boot(lab);
        for (int nth = 4; host.kill("fsync", nth, "--convert-now"); nth += 4) {
            host.h1.crash();
            host.h1.bootAgain();

            host.agent("--convert-now").mustSucceed();

            host.mustBeConverted("power cut at write " + nth);
            host.agent("--rollback").mustSucceed();
        }
    }

    /** An old host with files of all kinds, and what it was like. */
    private record Old(Host h1, String owners, String units) {

        static Old boot(Lab lab) {
            Host h1 = lab.host("h1").withIds(109, 114).boot();
            assertEquals("+109:+114", h1.baseLabel());
            h1.sh("cd " + IMAGES + """
                    && touch orphan.raw already.raw root.raw && chown 994:994 orphan.raw
                    chown 64055:64055 already.raw && mkdir sub && ln -s / sub/link && chown -hR 109:114 sub
                    """);
            return new Old(h1, h1.owners(), h1.activeUnits());
        }

        Result agent(String... arguments) {
            return h1.agent(arguments);
        }

        /** @return false if the program came to its end without so many calls */
        boolean kill(String systemCall, int nth, String... arguments) {
            Result result = h1.agentKilledAt(systemCall, nth, arguments);
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
                    () -> assertEquals(ids, h1.ids()),
                    () -> assertEquals("+" + ids.replace(":", ":+"), h1.baseLabel()),
                    () -> assertEquals("", Change.between(files, h1.owners())),
                    () -> assertEquals(units, h1.activeUnits()),
                    () -> assertEquals(
                            "",
                            h1.sh(
                                    "cd / && ls -d run/systemd/system/*/*libvirt-id-agent* run/libvirt-id-agent/converting"
                                            + " etc/passwd.lock etc/group.lock etc/shadow.lock etc/gshadow.lock"
                                            + " 2>/dev/null || true")));
        }

        void mustNotChangeAgain() {
            String before = h1.snapshot();
            agent("--convert-now").mustSucceed();
            assertEquals("", Change.between(before, h1.snapshot()));
        }
    }
}
