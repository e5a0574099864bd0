package io.idagent.cli;

import io.idagent.agent.GrantsDocument;
import io.idagent.agent.MigrationWiring;
import io.idagent.agent.StatusDocument;
import io.idagent.agent.Wiring;
import io.idagent.host.FormerIds;
import io.idagent.migration.Evacuation;
import io.idagent.migration.MigrationChecks;
import io.idagent.migration.MigrationFacts;
import io.idagent.migration.MigrationFinding;
import io.idagent.migration.MigrationInspector.NoSuchGuestException;
import io.idagent.platform.GuestMover;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.LibvirtSide;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code evacuate}: has it done, and tells what came of it. */
final class Evacuate implements Evacuation.Observer, AutoCloseable {

    private static final Duration SHUTDOWN_LIMIT = Duration.ofMinutes(2);

    private final EvacuateCommand asked;
    private final Wiring wiring;
    private final MigrationWiring migration;
    private final Answer answer;
    private final PrintWriter out;
    private final GuestMover mover = new GuestMover();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private EvacuationDocument document;
    private final Map<String, Long> lastTold = new LinkedHashMap<>();

    Evacuate(EvacuateCommand asked, Wiring wiring, Answer answer, PrintWriter out) {
        this.asked = asked;
        this.wiring = wiring;
        this.migration = wiring.migration();
        this.answer = answer;
        this.out = out;
    }

    /** Whether a conversion is to follow, of which the document tells as well. */
    boolean converts(int code) {
        return code == ExitCode.DONE && asked.convert && !asked.dryRun && !stop.get();
    }

    Answer answerOfConversion() {
        return answer.within(document::with);
    }

    /** After a signal Java would end with the number of the signal. */
    int ended(int code) {
        if (stop.get()) {
            // Not before: whoever waits for our end lets Java end with the signal's number.
            Runtime.getRuntime().halt(code);
        }
        ended.countDown();
        return code;
    }

    /** However it ended: who waits for that is not to wait for ever. */
    @Override
    public void close() {
        ended.countDown();
    }

    private void stopOnSignal() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (ended.getCount() == 0) {
                                return;
                            }
                            stop.set(true);
                            try {
                                ended.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "stop on signal"));
    }

    int away(String to) throws IOException, InterruptedException, NoSuchGuestException, LibvirtUnavailableException {
        String here = wiring.settings().libvirtUri();
        Optional<Evacuation.Route> route = route(here, to, to);
        if (route.isEmpty()) {
            return ExitCode.BLOCKED;
        }
        List<LibvirtGuest> guests = migration.runningGuests(asked.domains);
        MigrationFacts facts = migration
                .inspector(FormerIds.NONE)
                .inspect(Optional.of(to), guests.isEmpty() ? List.of() : names(guests));
        List<MigrationFinding> findings = MigrationChecks.of(facts);
        return carryOut(route.get(), guests, Evacuation.held(guests, findings, asked.unsafe), true);
    }

    int home(String from) throws IOException, InterruptedException, LibvirtUnavailableException, NoSuchGuestException {
        String here = wiring.settings().libvirtUri();
        LibvirtSide own = migration.side(here);
        URI uri = URI.create(from);
        String backHere = from.replaceFirst(
                "(//[^@/]*@?)" + java.util.regex.Pattern.quote(uri.getHost()),
                "$1" + java.util.regex.Matcher.quoteReplacement(own.hostName()));
        Optional<Evacuation.Route> route = route(from, here, backHere);
        if (route.isEmpty()) {
            return ExitCode.BLOCKED;
        }
        List<String> wanted = asked.domains.isEmpty() ? migration.evacuated().names() : asked.domains;
        List<LibvirtGuest> guests = migration.side(from).guests().stream()
                .filter(guest -> guest.active() && wanted.contains(guest.name()))
                .toList();
        return carryOut(route.get(), guests, new LinkedHashMap<>(), false);
    }

    private Optional<Evacuation.Route> route(String from, String to, String toSeenFromThere)
            throws LibvirtUnavailableException, InterruptedException {
        try {
            return Optional.of(new Evacuation.Route(
                    from,
                    migration.runsAs(migration.side(from)),
                    to,
                    migration.runsAs(migration.side(to)),
                    toSeenFromThere));
        } catch (LibvirtUnavailableException e) {
            tell(ExitCode.BLOCKED, "Nothing was done: " + e.getMessage(), List.of(), Map.of(), List.of());
            return Optional.empty();
        }
    }

    private int carryOut(Evacuation.Route route, List<LibvirtGuest> guests, Map<String, String> held, boolean away)
            throws IOException, InterruptedException, LibvirtUnavailableException {
        List<LibvirtGuest> going =
                guests.stream().filter(guest -> !held.containsKey(guest.name())).toList();
        if (asked.dryRun) {
            going.forEach(guest -> answer.line("  " + guest.name() + "  can move"));
            held.forEach((name, why) -> answer.line("  " + name + "  stays: " + why));
            int code = held.isEmpty() ? ExitCode.DONE : ExitCode.FINDINGS;
            tell(code, going.size() + " can move, " + held.size() + " cannot", names(going), held, List.of());
            return code;
        }
        stopOnSignal();
        Evacuation evacuation = new Evacuation(
                mover,
                migration.sharing(),
                route,
                new Evacuation.Options(asked.parallel, asked.unsafe, asked.forEverybody),
                this,
                stop);
        List<String> problems = new ArrayList<>(evacuation.settleWhatIsOut());
        List<LibvirtGuest> still = new ArrayList<>();
        for (LibvirtGuest guest : going) {
            // One that an earlier run has sent may have left since the list was made.
            if (mover.place(route.from(), guest.name()) == GuestMover.Place.RUNS) {
                still.add(guest);
            }
        }
        if (away) {
            migration.evacuated().add(names(still));
        }
        Evacuation.Outcome outcome = evacuation.move(still);
        Map<String, String> stayed = new LinkedHashMap<>(held);
        stayed.putAll(outcome.stayed());
        if (away) {
            migration.evacuated().remove(outcome.stayed().keySet());
            if (asked.others != null && !stop.get()) {
                stayed = dealWith(route.from(), stayed);
            }
        } else {
            migration.evacuated().remove(outcome.moved());
        }
        problems.addAll(outcome.problems());
        leaveWord();
        int code = stayed.isEmpty() && problems.isEmpty() ? ExitCode.DONE : ExitCode.FINDINGS;
        tell(
                code,
                outcome.moved().size() + " of " + guests.size() + " guests moved"
                        + (stop.get() ? ", then stopped" : ""),
                outcome.moved(),
                stayed,
                problems);
        return code;
    }

    /** @return those that run even now */
    private Map<String, String> dealWith(String uri, Map<String, String> stayed) throws InterruptedException {
        Map<String, String> still = new LinkedHashMap<>();
        for (Map.Entry<String, String> guest : stayed.entrySet()) {
            try {
                if (asked.others.suspend) {
                    mover.save(uri, guest.getKey());
                    note(guest.getKey() + " was saved: " + guest.getValue());
                } else {
                    mover.shutDown(uri, guest.getKey());
                    long deadline = System.nanoTime() + SHUTDOWN_LIMIT.toNanos();
                    while (mover.place(uri, guest.getKey()) == GuestMover.Place.RUNS) {
                        if (System.nanoTime() > deadline || stop.get()) {
                            throw new LibvirtUnavailableException("it did not shut down", null);
                        }
                        Thread.sleep(500);
                    }
                    note(guest.getKey() + " was shut down: " + guest.getValue());
                }
            } catch (LibvirtUnavailableException e) {
                still.put(guest.getKey(), guest.getValue() + "; " + e.getMessage());
            }
        }
        return still;
    }

    private void leaveWord() throws IOException {
        Optional<GrantsDocument> grants = wiring.grantsOut();
        if (grants.isPresent()) {
            wiring.runFiles().writeGrants(grants.get());
        }
    }

    private void tell(
            int code, String sentence, List<String> moved, Map<String, String> stayed, List<String> problems) {
        stayed.forEach((name, why) -> answer.line("  " + name + "  stays: " + why));
        problems.forEach(problem -> answer.line("  problem: " + problem));
        answer.line(sentence);
        document = new EvacuationDocument(
                StatusDocument.FORMAT, code, sentence, moved, stayed, problems, Optional.empty());
        if (!converts(code)) {
            answer.document(document);
        }
    }

    private static List<String> names(List<LibvirtGuest> guests) {
        return guests.stream().map(LibvirtGuest::name).toList();
    }

    @Override
    public void begins(String guest) {
        say(guest, "moving");
    }

    /** A line every ten seconds for each: a log can be read afterwards. */
    @Override
    public synchronized void progress(String guest, GuestMover.Progress now) {
        long told = lastTold.getOrDefault(guest, 0L);
        if (now.millis() - told >= 10_000) {
            lastTold.put(guest, now.millis());
            double seconds = now.millis() / 1000.0;
            say(
                    guest,
                    "memory left " + Units.bytes(now.memoryLeft()) + ", disk left " + Units.bytes(now.diskLeft()) + ", "
                            + Units.bytes((long) (now.processed() / seconds)) + "/s, "
                            + Units.seconds(Duration.ofMillis(now.millis())));
        }
    }

    @Override
    public void moved(String guest) {
        say(guest, "moved; it runs there, and its disks answer");
    }

    @Override
    public void stayed(String guest, String why) {
        say(guest, "did not move: " + why);
    }

    @Override
    public void note(String sentence) {
        say("", sentence);
    }

    private synchronized void say(String guest, String what) {
        out.println(Printable.line(String.format("  %-20s %s", guest, what)));
        out.flush();
    }
}
