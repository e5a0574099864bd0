package io.idagent.agent;

import io.idagent.agent.Converter.Ending;
import io.idagent.assessment.State;
import io.idagent.conversion.ConversionHistory;
import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.host.Fact;
import io.idagent.host.HostInspector.Depth;
import io.idagent.platform.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

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
        if (!interrupted) {
            List<Hold> holds = holds(files.attempts());
            if (!holds.isEmpty()) {
                return new Answer.Held(holds);
            }
        }
        Ending ending;
        try (StopOnSignal signals = new StopOnSignal()) {
            Converter converter = new Converter(wiring, observer, signals, Duration.ZERO, false);
            ending = interrupted ? converter.recover() : converter.convert();
        }
        files.writeAttempts(next(files.attempts(), ending));
        if (!(ending instanceof Ending.Carried)) {
            new Scan(wiring).run();
        }
        return new Answer.Tried(ending);
    }

    private List<Hold> holds(Attempts attempts) throws InterruptedException {
        State state = new Session(wiring, wiring.settings().accounts(), false)
                .look(Depth.WITHOUT_FILES)
                .assessment()
                .state();
        return new DaemonRules(wiring.settings().daemon())
                .holds(state, PauseFile.read(wiring.base().path()), attempts, quietSince(), clock.instant());
    }

    private static Instant quietSince() {
        try {
            return Files.getLastModifiedTime(GUEST_STATE).toInstant();
        } catch (IOException noLibvirt) {
            return Instant.EPOCH;
        }
    }

    private Attempts next(Attempts before, Ending ending) {
        if (ending instanceof Ending.Carried carried) {
            return carried.last().result() == Result.DONE
                    ? Attempts.NONE
                    : before.failed(carried.last().sentence(), clock.instant());
        }
        if (ending instanceof Ending.Nothing nothing) {
            // A host that is blocked now was not when the daemon looked: the daemon sees less, and would ask again.
            return nothing.look().assessment().blockers().isEmpty()
                    ? Attempts.NONE
                    : before.failed(
                            nothing.look().assessment().blockers().get(0).sentence(), clock.instant());
        }
        return ending instanceof Ending.Refused refused ? before.failed(refused.why(), clock.instant()) : before;
    }
}
