package io.idagent.daemon;

import io.idagent.agent.DaemonRules;
import io.idagent.agent.InspectionLoop;
import io.idagent.agent.PauseFile;
import io.idagent.agent.Published;
import io.idagent.agent.RunFiles;
import io.idagent.agent.Wiring;
import io.idagent.conversion.ConversionLock;
import io.idagent.platform.Printable;
import io.idagent.platform.SystemdNotify;
import io.idagent.settings.ConfigurationException;
import io.idagent.settings.Settings;
import io.idagent.settings.SettingsReader;
import io.quarkus.arc.Arc;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.quarkus.scheduler.Scheduler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/** Turns the loop by Quarkus's scheduler, and keeps what it found for those who ask. */
@ApplicationScoped
public class Daemon {

    private static final Logger LOG = Logger.getLogger("libvirt-id-agent");
    private static final Path SYSTEMD_RUNS = Path.of("/run/systemd/system");

    /** A look waits up to ten seconds for probes of libvirt's, and thirty for libvirt itself. */
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(1);

    private final Scheduler scheduler;
    private final AtomicReference<Published> published = new AtomicReference<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile long publishedAt;
    private volatile Settings settings;
    private InspectionLoop loop;
    private String failure = "";
    private Optional<OwnWork> ownWork = Optional.empty();

    public Daemon(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Empty until the first look is done. */
    public Optional<Published> published() {
        return Optional.ofNullable(published.get());
    }

    /** How long ago the last look was, by a clock that nobody can set back; empty before the first. */
    public Optional<Duration> age() {
        long at = publishedAt;
        return at == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(System.nanoTime() - at));
    }

    /** To be told of each look, on the thread of the loop. */
    public void onPublished(Runnable listener) {
        listeners.add(listener);
    }

    public Settings settings() {
        return settings;
    }

    void start(@Observes StartupEvent event) throws ConfigurationException, IOException {
        boolean asRoot = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        settings = SettingsReader.read(SettingsReader.FILE, asRoot);
        Wiring wiring = new Wiring(settings, Optional.empty(), asRoot);
        RunFiles files = wiring.runFiles();
        if (asRoot && !Files.isDirectory(SYSTEMD_RUNS)) {
            ownWork = Optional.of(new OwnWork(wiring, Daemon::log));
        }
        InspectionLoop.Trigger request = wiring.requestFile()::make;
        InspectionLoop.Trigger trigger =
                ownWork.<InspectionLoop.Trigger>map(work -> work::convert).orElse(request);
        loop = new InspectionLoop(
                new InspectionLoop.Sources(
                        wiring.watchedHost(() -> files.findings().host()),
                        files::findings,
                        () -> ConversionLock.isTaken(wiring.lockFile()),
                        () -> PauseFile.read(Path.of("/")),
                        files::attempts),
                new DaemonRules(settings.daemon()),
                trigger,
                found -> publish(found.withGrants(files.grants())),
                Daemon::log,
                Clock.systemUTC(),
                System::nanoTime);
        ownWork.ifPresent(work -> work.scanEvery(settings.daemon().scanInterval()));
        schedule(settings.daemon().interval());
    }

    /** The first look comes after a random part of the interval, so that a fleet that boots together is not in step. */
    private void schedule(Duration interval) {
        long delay = ThreadLocalRandom.current().nextLong(1, Math.max(2, interval.toMillis()));
        scheduler
                .newJob("inspection")
                .setInterval(interval.toMillis() + "ms")
                .setDelayed(delay + "ms")
                .setConcurrentExecution(ConcurrentExecution.SKIP)
                .setTask(execution -> turn())
                .schedule();
        SystemdNotify.ready(interval.multipliedBy(3).plus(LONGEST_LOOK));
    }

    void publish(Published found) {
        published.set(found);
        publishedAt = System.nanoTime();
        listeners.forEach(Runnable::run);
    }

    /** systemd hears of us only when the loop turns: a daemon that hangs in a look must not look alive. */
    private void turn() {
        try {
            loop.look();
            SystemdNotify.alive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = "";
        } catch (RuntimeException | LinkageError e) {
            boolean ending = Arc.container() == null;
            if (!ending && !failure.equals(e.toString())) {
                LOG.error("the look at the host failed; the next one is tried all the same", e);
            }
            failure = e.toString();
        }
    }

    private static void log(String line) {
        LOG.info(Printable.line(line));
    }

    void stop(@Observes ShutdownEvent event) {
        SystemdNotify.stopping();
        ownWork.ifPresent(OwnWork::close);
    }
}
