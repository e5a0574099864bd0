package io.idagent.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.crash.Fault.Kind;
import io.idagent.lab.Change;
import io.idagent.lab.Result;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What deploy/bench/crash has found, and a few of its random runs. Needs root. */
@Tag("root")
class CrashTest {

    /** Others than those of the long run; the same each time, so that a failure is one of the program. */
    private static final long SEED = 5;

    private static final int RANDOM_RUNS = 6;

    /** So that conversion, rollback and recovery, and before, within and after, all have their turn. */
    private static final int EACH_OF_THE_MATRIX = 11;

    private static ImageWorld world;

    @BeforeAll
    static void makeTheSystem(@TempDir Path directory) throws Exception {
        world = new ImageWorld(directory.resolve("w"), "image");
    }

    @AfterAll
    static void removeIt() throws Exception {
        world.close();
    }

    /** ext4 writes by itself after 300 seconds here: whatever nobody has synced is gone. */
    @Test
    void whatWasSaidToBeDoneIsOnTheDisk() throws Exception {
        world.reset(false);
        world.agent(List.of(), "--convert-now").mustSucceed();
        world.powerCut();
        mustBe(world.whollyNew());
    }

    @Test
    void whatARunThatWasKilledHasDoneIsOnTheDiskWhenTheNextOneSaysSo() throws Exception {
        for (Fault fault : List.of(new Fault(Kind.KILL, "mount", 1, ""), new Fault(Kind.KILL, "fchownat", 60, ""))) {
            world.reset(false);
            world.agent(fault.strace(), "--convert-now");
            world.agent(List.of(), "--convert-now").mustSucceed();
            world.powerCut();
            mustBe(world.whollyNew());
        }
    }

    /** The kernel clears capabilities and set-gid when an owner changes. */
    @Test
    void killedBetweenTheChangeOfAnOwnerAndThePuttingBackNothingIsMissing() throws Exception {
        int kills = 0;
        for (String call : List.of("setxattr", "chmod", "removexattr")) {
            for (int nth = 1; nth <= 5; nth++) {
                world.reset(false);
                Result killed = world.agent(new Fault(Kind.KILL, call, nth, "").strace(), "--convert-now");
                if (killed.exitCode() != 137) {
                    break;
                }
                kills++;
                world.agent(List.of(), "--recover").mustSucceed();
                mustBe(world.whollyNew());
            }
        }
        assertTrue(kills >= 5, kills + " kills");
    }

    /** A directory, say: it says so, and the next conversion must not take it for one that had the target's ids always. */
    @Test
    void whatARollbackCouldNotOpenIsGivenBackByTheNextOne() throws Exception {
        boolean left = false;
        // Which call opens a directory that changes depends on how the threads share the work, and a later pass would
        // mend it.
        for (int nth = 1; nth <= 30 && !left; nth++) {
            world.reset(true);
            Result rollback = world.agent(new Fault(Kind.ERROR, "openat2", nth, "EIO").straceForGood(), "--rollback");
            if (rollback.exitCode() == 7 && !world.snapshot().equals(world.whollyOld())) {
                left = true;
                world.agent(List.of(), "--convert-now").mustSucceed();
                mustBe(world.whollyNew());
                world.agent(List.of(), "--rollback").mustSucceed();
                mustBe(world.whollyOld());
            }
        }
        assertTrue(left, "nothing could not be opened");
    }

    @Test
    void whatCannotBePutBackIsAProblem() throws Exception {
        for (String call : List.of("setxattr", "chmod")) {
            boolean failed = false;
            for (int nth = 1; nth <= 15 && !failed; nth++) {
                world.reset(false);
                Result result = world.agent(new Fault(Kind.ERROR, call, nth, "EIO").strace(), "--convert-now");
                failed = result.out().contains("putting it back failed");
                if (failed) {
                    assertEquals(7, result.exitCode(), result.out());
                    assertTrue(result.out().contains("problem   /var/lib/libvirt/images/tool: "), result.out());
                }
            }
            assertTrue(failed, "no " + call + " puts anything back");
        }
    }

    /** Every one of them is in deploy/bench/crash --matrix. */
    @Test
    void killedBeforeWithinAndAfterSomeStepsNothingIsLost() throws Exception {
        Story story = new Story(world);
        Matrix matrix = new Matrix(world, story);
        List<Matrix.Cell> some = IntStream.range(0, matrix.cells().size())
                .filter(i -> i % EACH_OF_THE_MATRIX == 0)
                .mapToObj(matrix.cells()::get)
                .toList();
        assertTrue(some.size() >= 5, matrix.cells().toString());
        for (Matrix.Cell cell : some) {
            try {
                Story.Run run = matrix.run(cell);
                assertTrue(run.hit(), cell + ": " + run);
            } catch (Story.Broken e) {
                throw new AssertionError(cell + ": " + e.getMessage() + story.transcript(), e);
            }
        }
    }

    /** The account that kept a number is gone from one file by then, and not from the other. */
    @Test
    void whatTheToolsLeaveWhenThePowerFailsBetweenTwoFilesIsSweptUp() throws Exception {
        int left = 0;
        for (int nth = 15; nth <= 19; nth++) {
            world.reset(false);
            world.agent(new Fault(Kind.CUT, "fsync", nth, "").strace(), "--convert-now");
            world.powerCut();
            left += world.snapshot().contains("shadow:libvirt-qemu-former-") ? 1 : 0;
            world.agent(List.of(), "--recover");
            String now = world.snapshot();
            assertEquals(
                    "", Change.between(now.equals(world.whollyOld()) ? now : world.whollyNew(), now), "fsync " + nth);
        }
        assertTrue(left > 0, "nothing was cut off between two files");
    }

    @Test
    void someRandomRuns() throws Exception {
        Story story = new Story(world);
        for (int number = 0; number < RANDOM_RUNS; number++) {
            try {
                System.out.println(story.run(SEED, number));
            } catch (Story.Broken e) {
                throw new AssertionError("run " + number + ": " + e.getMessage() + story.transcript(), e);
            }
        }
    }

    private static void mustBe(String expected) {
        assertEquals("", Change.between(expected, world.snapshot()));
    }
}
