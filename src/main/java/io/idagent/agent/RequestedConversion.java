package io.idagent.agent;

import io.idagent.agent.Converter.Ending;
import io.idagent.assessment.State;
import io.idagent.conversion.ConversionHistory;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.HostInspector.Depth;
import io.idagent.host.ScanFindings;
import io.idagent.platform.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A conversion that the daemon asked for. The one who asks has no rights and is not believed: whether one is due is
 * looked at anew, by the same rules.
 */
public final class RequestedConversion {

    /** libvirt makes and removes files here when guests start and end, as root: its time tells of the last of them. */
    private static final Path GUEST_STATE = Path.of("/run/libvirt/qemu");

    private final Wiring wiring;
    private final Converter.Observer observer;
    private final Clock clock;

    public RequestedConversion(Wiring wiring, Converter.Observer observer, Clock clock) {
        this.wiring = wiring;
        this.observer = observer;
        this.clock = clock;
    }

    /** What came of a request. */
    public sealed interface Answer {

        record Held(List<Hold> holds) implements Answer {}

        record Tried(Ending ending) implements Answer {}
    }

    public Answer run() throws IOException, InterruptedException, ServiceException {
        RunFiles files = wiring.runFiles();
        boolean interrupted = Fact.valueOf(wiring.history())
                .flatMap(ConversionHistory::interrupted)
                .isPresent();
        List<Hold> holds = interrupted ? holdsOfRecovery(files.attempts()) : holds(files.attempts());
        if (!holds.isEmpty()) {
            if (!interrupted) {
                correctFindings(files);
            }
            return new Answer.Held(holds);
        }
        Ending ending;
        try (StopOnSignal signals = new StopOnSignal()) {
            Converter converter = new Converter(wiring, observer, signals, Duration.ZERO, false);
            ending = interrupted ? converter.recover() : converter.convert();
        } catch (IOException | ServiceException | RuntimeException e) {
            // A disk that is full or read-only stays so for a while, and the daemon would ask again at each look.
            files.writeAttempts(
                    files.attempts().failed(e.getMessage() == null ? e.toString() : e.getMessage(), clock.instant()));
            throw e;
        }
        files.writeAttempts(files.attempts().after(ending, clock.instant()));
        if (!(ending instanceof Ending.Carried) && !isForWantOfNames(ending)) {
            new Scan(wiring).run();
        }
        return new Answer.Tried(ending);
    }

    /** A scan would now tell the daemon less than the last one has, and nobody would soon repeat it. */
    private static boolean isForWantOfNames(Ending ending) {
        return ending instanceof Ending.Nothing nothing
                && !ScanFindings.of(nothing.look().assessment().host()).knowsNames();
    }

    /**
     * A scan that began while somebody else's conversion was under way tells of one that was cut off. The daemon, which
     * cannot see journals, would ask at every look to have it finished.
     */
    private void correctFindings(RunFiles files) throws IOException, InterruptedException {
        if (files.findings().conversion() instanceof ConversionFact.Interrupted) {
            new Scan(wiring).run();
        }
    }

    private List<Hold> holdsOfRecovery(Attempts attempts) {
        return new DaemonRules(wiring.settings().daemon())
                .holds(State.INTERRUPTED, Optional.empty(), attempts, Duration.ZERO, clock.instant());
    }

    private List<Hold> holds(Attempts attempts) throws InterruptedException {
        // Before the look: it wakes a libvirt that sleeps, which leaves its mark in the same place.
        Duration quietFor = quietFor(GUEST_STATE, clock.instant());
        State state = new Session(wiring, wiring.settings().accounts(), false)
                .look(Depth.WITHOUT_FILES)
                .assessment()
                .state();
        return new DaemonRules(wiring.settings().daemon())
                .holds(state, PauseFile.read(wiring.base().path()), attempts, quietFor, clock.instant());
    }

    /** A mark from the future was left before the clock was set back, and tells nothing. */
    static Duration quietFor(Path guestState, Instant now) {
        try {
            Instant last = Files.getLastModifiedTime(guestState).toInstant();
            return last.isAfter(now) ? DaemonRules.QUIET_FOR_LONG : Duration.between(last, now);
        } catch (IOException noLibvirt) {
            return DaemonRules.QUIET_FOR_LONG;
        }
    }
}
