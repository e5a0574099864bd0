package io.idagent.cli;

import io.idagent.agent.GrantsDocument;
import io.idagent.agent.MigrationWiring;
import io.idagent.agent.StatusDocument;
import io.idagent.agent.Wiring;
import io.idagent.host.FormerIds;
import io.idagent.migration.Evacuation;
import io.idagent.migration.HeldGuests;
import io.idagent.migration.LastResort;
import io.idagent.migration.MigrationChecks;
import io.idagent.migration.MigrationFacts;
import io.idagent.migration.MigrationFinding;
import io.idagent.migration.MigrationInspector;
import io.idagent.migration.MigrationInspector.NoSuchGuestException;
import io.idagent.migration.Strangers;
import io.idagent.platform.GuestMover;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.LibvirtSide;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.MigrationSides;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code evacuate}: has it done, and tells what came of it. */
final class Evacuate implements AutoCloseable {

    private final EvacuateCommand asked;
    private final Wiring wiring;
    private final MigrationWiring migration;
    private final Answer answer;
    private final EvacuationLines lines;
    private final GuestMover mover;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private EvacuationDocument document;

    Evacuate(EvacuateCommand asked, Wiring wiring, Answer answer, PrintWriter out) {
        this.asked = asked;
        this.wiring = wiring;
        this.migration = wiring.migration();
        this.mover = migration.mover();
        this.answer = answer;
        this.lines = new EvacuationLines(out);
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

    /** The way, and what libvirt on both ends of it said. */
    private record Trip(Evacuation.Route route, LibvirtSide from, LibvirtSide to) {

        /** Guests that run on either side, but for these. */
        List<LibvirtGuest> others(List<LibvirtGuest> going) {
            return Stream.of(from, to)
                    .flatMap(side -> side.guests().stream())
                    .filter(guest -> guest.active() && !names(going).contains(guest.name()))
                    .toList();
        }
    }

    int away(String to) throws IOException, InterruptedException, NoSuchGuestException, LibvirtUnavailableException {
        LibvirtSide own = migration.side(wiring.settings().libvirtUri());
        List<LibvirtGuest> guests = MigrationInspector.chosen(own, asked.domains).stream()
                .filter(LibvirtGuest::active)
                .toList();
        Optional<LibvirtSide> other = otherSide(to);
        if (other.isEmpty()) {
            return ExitCode.BLOCKED;
        }
        MigrationFacts facts = migration
                .inspector(FormerIds.NONE)
                .inspect(Optional.of(to), guests.isEmpty() ? List.of() : names(guests));
        List<MigrationFinding> findings = MigrationChecks.of(facts);
        return carryOut(trip(own, other.get(), to), guests, HeldGuests.of(guests, findings, asked.despite()), true);
    }

    int home(String from) throws IOException, InterruptedException, LibvirtUnavailableException, NoSuchGuestException {
        LibvirtSide own = migration.side(wiring.settings().libvirtUri());
        Optional<LibvirtSide> other = otherSide(from);
        if (other.isEmpty()) {
            return ExitCode.BLOCKED;
        }
        String backHere = from.replaceFirst(
                "(//[^@/]*@?)" + Pattern.quote(URI.create(from).getHost()),
                "$1" + Matcher.quoteReplacement(own.hostName()));
        List<String> wanted = asked.domains.isEmpty() ? migration.evacuated().names() : asked.domains;
        List<LibvirtGuest> guests = other.get().guests().stream()
                .filter(guest -> guest.active() && wanted.contains(guest.name()))
                .toList();
        MigrationFacts facts = migration.inspector(FormerIds.NONE).inspectComing(from, guests);
        List<MigrationFinding> findings = guests.isEmpty() ? List.of() : MigrationChecks.of(facts);
        Map<String, String> held = HeldGuests.of(guests, findings, asked.despite());
        return carryOut(trip(other.get(), own, backHere), guests, held, false);
    }

    private Optional<LibvirtSide> otherSide(String uri) throws InterruptedException {
        try {
            return Optional.of(migration.side(uri));
        } catch (LibvirtUnavailableException e) {
            String sentence = "Nothing was done: the other side was not reached: " + e.getMessage();
            tell(ExitCode.BLOCKED, sentence, List.of(), Map.of(), List.of());
            answer.line("  -> as root: virsh -c '" + MigrationSides.withoutTerminal(uri)
                    + "' uri, until that answers; an ssh key"
                    + " without a passphrase for root is what is mostly missing");
            return Optional.empty();
        }
    }

    private Trip trip(LibvirtSide from, LibvirtSide to, String toSeenFromThere) {
        return new Trip(
                new Evacuation.Route(
                        from.uri(), migration.runsAs(from), to.uri(), migration.runsAs(to), toSeenFromThere),
                from,
                to);
    }

    private int carryOut(Trip trip, List<LibvirtGuest> guests, Map<String, String> held, boolean away)
            throws IOException, InterruptedException, LibvirtUnavailableException {
        Evacuation.Route route = trip.route();
        Strangers strangers = migration.strangers();
        guests.forEach(guest -> strangers
                .among(Evacuation.newNumbers(guest, route))
                .ifPresent(why -> held.merge(guest.name(), why, (one, other) -> one + "; " + other)));
        List<LibvirtGuest> going =
                guests.stream().filter(guest -> !held.containsKey(guest.name())).toList();
        if (asked.dryRun) {
            going.forEach(guest -> answer.line(EvacuationLines.line(guest.name(), "can move")));
            int code = held.isEmpty() ? ExitCode.DONE : ExitCode.FINDINGS;
            tell(code, going.size() + " can move, " + held.size() + " cannot", names(going), held, List.of());
            return code;
        }
        stopOnSignal();
        Evacuation evacuation = new Evacuation(
                mover,
                migration.diskProof(),
                migration.sharing(),
                route,
                new Evacuation.Options(asked.parallel, asked.unsafe, asked.forEverybody, asked.timeLimit()),
                lines,
                stop);
        List<String> problems = new ArrayList<>(evacuation.settleWhatIsOut());
        List<LibvirtGuest> still = new ArrayList<>();
        for (LibvirtGuest guest : going) {
            // One that an earlier run has sent may have left since the list was made.
            if (mover.place(route.from(), guest.name()) == GuestMover.Place.RUNS) {
                still.add(guest);
            }
        }
        migration.evacuated().add(still);
        Evacuation.Outcome outcome = evacuation.move(still, trip.others(still));
        problems.addAll(evacuation.keepAutostart(migration.evacuated().withAutostart()));
        Map<String, String> stayed = new LinkedHashMap<>(held);
        stayed.putAll(outcome.stayed());
        if (away) {
            forget(outcome.stayed().keySet(), evacuation);
            if (asked.others != null && !stop.get()) {
                stayed = dealWith(route.from(), stayed, guests);
            }
        } else {
            migration
                    .evacuated()
                    .remove(evacuation.arrived(migration.evacuated().names()));
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

    /** Those that have not left are not to be brought home. */
    private void forget(Collection<String> stayed, Evacuation evacuation) throws IOException {
        List<String> notGone = new ArrayList<>(stayed);
        try {
            notGone.removeAll(evacuation.arrived(notGone));
            migration.evacuated().remove(notGone);
        } catch (LibvirtUnavailableException e) {
            // The other side is gone. Who is remembered in vain is not found there later, which does no harm.
        }
    }

    /** @return those that run even now */
    private Map<String, String> dealWith(String uri, Map<String, String> stayed, List<LibvirtGuest> guests)
            throws InterruptedException {
        Map<String, String> others = new LinkedHashMap<>(stayed);
        // Being saved could end a paused one, and it does not hear that it is to shut down.
        guests.stream().filter(LibvirtGuest::paused).map(LibvirtGuest::name).forEach(others::remove);
        Map<String, String> paused = new LinkedHashMap<>(stayed);
        paused.keySet().removeAll(others.keySet());
        LastResort lastResort = new LastResort(mover, lines::note, stop);
        paused.putAll(
                asked.others.suspend
                        ? lastResort.save(uri, others)
                        : lastResort.shutDown(uri, others, asked.shutdownPatience()));
        return paused;
    }

    private void leaveWord() throws IOException {
        Optional<GrantsDocument> grants = wiring.grantsOut();
        if (grants.isPresent()) {
            wiring.runFiles().writeGrants(grants.get());
        }
    }

    private void tell(
            int code, String sentence, List<String> moved, Map<String, String> stayed, List<String> problems) {
        stayed.forEach((name, why) -> {
            // Progress has told of those that were tried.
            if (!lines.haveTold(name, why)) {
                answer.line(EvacuationLines.line(name, "stays: " + why));
            }
        });
        problems.forEach(problem -> answer.line("  problem: " + problem));
        answer.line(sentence);
        if (asked.convert && !asked.dryRun && code == ExitCode.FINDINGS) {
            answer.line("Not converted, as not all is well; mend it and run this again");
        }
        document = new EvacuationDocument(
                StatusDocument.FORMAT, code, sentence, moved, stayed, problems, Optional.empty());
        if (!converts(code)) {
            answer.document(document);
        }
    }

    private static List<String> names(List<LibvirtGuest> guests) {
        return guests.stream().map(LibvirtGuest::name).toList();
    }
}
