package io.idagent.agent;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.host.ConversionFact;
import io.idagent.host.HostStory;
import io.idagent.host.ScanFindings;
import io.idagent.settings.ConvertPolicy;
import io.idagent.settings.DaemonSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Stories of a host that is looked at every half minute, with a quiet period of two. */
class InspectionLoopTest {

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private HostStory host = HostStory.oldHost();
    private ConversionFact conversion = new ConversionFact.Idle();
    private boolean running;
    private Optional<String> lockTrouble = Optional.empty();
    private Optional<String> requestTrouble = Optional.empty();
    private Optional<String> paused = Optional.empty();
    private Attempts attempts = Attempts.NONE;

    private Instant wallClock = HostStory.NOON;
    private long nanos = 17;

    private int requests;
    private final List<Published> published = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final InspectionLoop loop = loop();

    @Test
    void aHostWithoutGuestsIsConvertedAfterTheQuietPeriodAndNotBefore() throws Exception {
        looks(4);
        assertEquals(0, requests);
        assertEquals("QUIET_PERIOD", hold());

        looks(1);
        assertEquals(1, requests);
    }

    @Test
    void aGuestThatStartsBeginsTheQuietPeriodAnew() throws Exception {
        looks(4);
        host = HostStory.oldHost().guest("vm1", 7, HostStory.OLD);
        looks(1);
        assertEquals("BLOCKED", state());
        host = HostStory.oldHost();

        looks(4);
        assertEquals(0, requests);
        looks(1);
        assertEquals(1, requests);
    }

    @Test
    void whatCannotBeSeenIsNotQuiet() throws Exception {
        looks(4);
        host = HostStory.oldHost().processesNotSeen("hidepid");
        looks(10);
        assertEquals(0, requests);
    }

    @Test
    void aClockThatIsSetBackDoesNotMakeTheQuietPeriodLonger() throws Exception {
        looks(4);
        wallClock = wallClock.minus(Duration.ofDays(365));
        looks(1);
        assertEquals(1, requests);
    }

    @Test
    void aClockThatIsSetForwardDoesNotMakeItShorter() throws Exception {
        looks(1);
        wallClock = wallClock.plus(Duration.ofDays(365));
        looks(3);
        assertEquals(0, requests);
    }

    @Test
    void manualAndPausedHostsAreOnlyReported() throws Exception {
        paused = Optional.of("racks");
        looks(20);
        assertEquals(0, requests);
        assertEquals("PAUSED", hold());

        paused = Optional.empty();
        looks(1);
        assertEquals(1, requests);
    }

    @Test
    void aFailureIsTriedAgainWhenItsPauseIsOver() throws Exception {
        conversion = new ConversionFact.Failed("id", wallClock, "usermod");
        attempts = new Attempts(1, Optional.of(wallClock.plus(Duration.ofMinutes(10))), "usermod");
        looks(20);
        assertEquals(0, requests);
        looks(1);
        assertEquals(1, requests);
    }

    @Test
    void aConversionThatWasCutOffIsFinishedAtOnceAndWhilePaused() throws Exception {
        conversion = new ConversionFact.Interrupted("id", wallClock);
        paused = Optional.of("racks");
        looks(1);
        assertEquals(1, requests);
    }

    @Test
    void recoveryWaitsForGuests() throws Exception {
        conversion = new ConversionFact.Interrupted("id", wallClock);
        host = HostStory.oldHost().guest("vm1", 7, HostStory.OLD);
        looks(3);
        assertEquals(0, requests);
        assertEquals("INTERRUPTED", state());
    }

    @Test
    void leftoversAreReOwnedWithoutAQuietPeriod() throws Exception {
        host = HostStory.newHost().former(HostStory.OLD).files(HostStory.scan(3, 0));
        looks(1);
        assertEquals("LEFTOVERS", state());
        assertEquals(1, requests);
    }

    @Test
    void leftoversOfAGuestThatRunsAreLeft() throws Exception {
        host = HostStory.newHost()
                .former(HostStory.OLD)
                .files(HostStory.scan(3, 0))
                .guest("vm1", 7, HostStory.OLD);
        looks(3);
        assertEquals(0, requests);
    }

    @Test
    void whileAConversionRunsNothingIsAskedFor() throws Exception {
        running = true;
        looks(20);
        assertEquals("CONVERTING", state());
        assertEquals(0, requests);
    }

    @Test
    void whatIsPublishedIsOfThisLook() throws Exception {
        looks(2);
        assertAll(
                () -> assertEquals(2, published.size()),
                () -> assertEquals(HostStory.NOON.plus(INTERVAL), last().inspectedAt()),
                () -> assertEquals("CONVERTIBLE", state()),
                () -> assertEquals(Map.of("done", 3L), last().conversionsByResult()));
    }

    @Test
    void itLogsChangesAndNotLooks() throws Exception {
        looks(10);
        assertEquals(2, log.size(), log.toString());
        assertTrue(log.get(0).startsWith("CONVERTIBLE [QUIET_PERIOD]"), log.get(0));
        assertTrue(log.get(1).startsWith("CONVERTIBLE, "), log.get(1));

        host = HostStory.newHost();
        looks(10);
        assertEquals(3, log.size(), log.toString());
        assertEquals("NORMALIZED: ids are right", log.get(2));
    }

    @Test
    void aNewFindingIsAChange() throws Exception {
        host = HostStory.newHost();
        looks(3);
        host = HostStory.newHost().qemuConf("root", "root");
        looks(3);
        assertEquals(2, log.size(), log.toString());
        assertTrue(log.get(1).startsWith("NORMALIZED, worth a look [QEMU_RUNS_AS_OTHER]"), log.get(1));
    }

    @Test
    void troubleIsLoggedOnceAndAgainWhenItComesBack() throws Exception {
        host = HostStory.newHost();
        lockTrouble = Optional.of("lock: Input/output error");
        looks(5);
        assertEquals(
                1, log.stream().filter(line -> line.contains("Input/output")).count(), log.toString());

        lockTrouble = Optional.empty();
        looks(1);
        lockTrouble = Optional.of("lock: Input/output error");
        looks(2);
        assertEquals(
                2, log.stream().filter(line -> line.contains("Input/output")).count(), log.toString());
    }

    @Test
    void aRequestThatCannotBeMadeDoesNotStopTheLoop() throws Exception {
        requestTrouble = Optional.of("No space left on device");
        looks(20);
        assertEquals(20, published.size());
        assertEquals(
                1, log.stream().filter(line -> line.contains("No space left")).count(), log.toString());
    }

    private void looks(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            loop.look();
            wallClock = wallClock.plus(INTERVAL);
            nanos += INTERVAL.toNanos();
        }
    }

    private Published last() {
        return published.get(published.size() - 1);
    }

    private String state() {
        return last().status().state();
    }

    private String hold() {
        return last().status().daemonHeldBy().get(0).kind();
    }

    private InspectionLoop loop() {
        return new InspectionLoop(
                new InspectionLoop.Sources(
                        depth -> host.snapshot(),
                        () -> new ScanReport(
                                ScanFindings.of(host.snapshot()), conversion, Map.of("done", 3L), Optional.empty()),
                        this::isRunning,
                        () -> paused,
                        () -> attempts),
                new DaemonRules(new DaemonSettings(
                        ConvertPolicy.AUTO, INTERVAL, Duration.ofMinutes(2), Duration.ofHours(6), false)),
                this::request,
                published::add,
                log::add,
                new WallClock(),
                () -> nanos);
    }

    private boolean isRunning() throws IOException {
        if (lockTrouble.isPresent()) {
            throw new IOException(lockTrouble.get());
        }
        return running;
    }

    private void request() throws IOException {
        if (requestTrouble.isPresent()) {
            throw new IOException(requestTrouble.get());
        }
        requests++;
    }

    private final class WallClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return wallClock;
        }
    }
}
