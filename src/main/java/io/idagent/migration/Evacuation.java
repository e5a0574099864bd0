package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.migration.MigrationFinding.Kind;
import io.idagent.migration.MigrationFinding.Severity;
import io.idagent.platform.GuestMover;
import io.idagent.platform.GuestMover.Place;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Moves running guests from one host to another whose numbers differ: opens their images to both numbers, moves guest after
 * guest, makes each image belong to whoever runs its guest now, and takes the access back.
 *
 * <p>What is on the way is in the journal of grants alone. Whoever comes after a crash asks both sides where each guest
 * runs, and ends the same.
 */
public final class Evacuation {

    /** Findings because of which libvirt refuses, or the guest would be hurt. */
    private static final Set<Kind> HOLD_A_GUEST = Set.of(
            Kind.NAME_TAKEN,
            Kind.NOT_SHARED,
            Kind.SNAPSHOTS_LOST,
            Kind.SNAPSHOTS_KEPT,
            Kind.IMAGE_UNREACHABLE,
            Kind.DIRECTORY_CLOSED,
            Kind.GRAPHICS_ADDRESS,
            Kind.HOST_DEVICE,
            Kind.CPU_LACKING);

    private static final Set<Kind> HOLD_ALL =
            Set.of(Kind.OTHER_SIDE_NOT_SEEN, Kind.SAME_HOST, Kind.HOST_NAME, Kind.ETC_LIBVIRT_SHARED);

    private final GuestMover mover;
    private final Sharing sharing;
    private final Route route;
    private final Options options;
    private final Observer observer;
    private final AtomicBoolean stop;

    /**
     * @param from the libvirt that guests leave, as seen from here. @param to the one they go to, as seen from here
     * @param toSeenFromThere the same, as the libvirt that guests leave reaches it
     */
    public record Route(String from, Owner fromRunsAs, String to, Owner toRunsAs, String toSeenFromThere) {}

    /**
     * @param unsafe for storage that both share and libvirt does not know as shared
     * @param forEverybody whether a mode may be opened where there are no access control lists
     */
    public record Options(int parallel, boolean unsafe, boolean forEverybody) {}

    /** Follows what happens; called from several threads. */
    public interface Observer {
        void begins(String guest);

        void progress(String guest, GuestMover.Progress progress);

        void moved(String guest);

        void stayed(String guest, String why);

        void note(String sentence);
    }

    /**
     * @param moved run on the other side, each proved
     * @param stayed why, by name
     * @param problems what is left to be done by hand
     */
    public record Outcome(List<String> moved, Map<String, String> stayed, List<String> problems) {

        public Outcome {
            moved = List.copyOf(moved);
            stayed = Collections.unmodifiableMap(new LinkedHashMap<>(stayed));
            problems = List.copyOf(problems);
        }
    }

    public Evacuation(
            GuestMover mover, Sharing sharing, Route route, Options options, Observer observer, AtomicBoolean stop) {
        this.mover = mover;
        this.sharing = sharing;
        this.route = route;
        this.options = options;
        this.observer = observer;
        this.stop = stop;
    }

    /** Why guests cannot move, by their names; what holds all of them is there for each. */
    public static Map<String, String> held(List<LibvirtGuest> guests, List<MigrationFinding> findings, boolean unsafe) {
        Map<String, String> held = new LinkedHashMap<>();
        for (MigrationFinding finding : findings) {
            if (finding.severity() != Severity.ERROR) {
                continue;
            }
            // "--unsafe" in what mends it means that both see the same file.
            boolean overridden = finding.kind() == Kind.NOT_SHARED
                    && unsafe
                    && finding.mend().contains("--unsafe");
            if (finding.domain().isPresent() && HOLD_A_GUEST.contains(finding.kind()) && !overridden) {
                held.merge(finding.domain().get(), finding.sentence(), (one, other) -> one + "; " + other);
            } else if (finding.domain().isEmpty() && HOLD_ALL.contains(finding.kind())) {
                guests.forEach(
                        guest -> held.merge(guest.name(), finding.sentence(), (one, other) -> one + "; " + other));
            }
        }
        return held;
    }

    /**
     * Ends what an earlier run that was cut off has begun: waits until no guest is on its way, and takes back what is out.
     *
     * @return what could not be taken back
     */
    public List<String> settleWhatIsOut() throws IOException, LibvirtUnavailableException {
        Set<String> names = new LinkedHashSet<>();
        sharing.out().stream().filter(Grant::evacuation).forEach(grant -> names.addAll(grant.domains()));
        if (names.isEmpty()) {
            return List.of();
        }
        for (String name : names) {
            observer.note(name + " was on its way when an earlier run ended: waiting until it has arrived, or stays");
            mover.awaitNoJob(route.from(), name);
        }
        return sharing.revoke(List.copyOf(names), this::homesOf).problems();
    }

    public Outcome move(List<LibvirtGuest> guests) throws IOException, InterruptedException {
        List<String> moved = Collections.synchronizedList(new ArrayList<>());
        Map<String, String> stayed = Collections.synchronizedMap(new LinkedHashMap<>());
        List<String> problems = new ArrayList<>();
        if (guests.isEmpty()) {
            return new Outcome(moved, stayed, problems);
        }
        Set<Uid> both = new TreeSet<>(Comparator.comparingLong(Uid::value));
        both.add(route.fromRunsAs().uid());
        both.add(route.toRunsAs().uid());
        Sharing.Outcome granted = sharing.grant(guests, both, options.forEverybody(), true);
        // Under one number guests need no access; but without the record nobody gives back what libvirt makes root's.
        if (!granted.problems().isEmpty() && both.size() > 1) {
            guests.forEach(guest -> stayed.put(guest.name(), String.join("; ", granted.problems())));
            return new Outcome(moved, stayed, problems);
        }
        ExecutorService lanes = Executors.newFixedThreadPool(options.parallel());
        try {
            List<Future<?>> all = new ArrayList<>();
            for (LibvirtGuest guest : guests) {
                all.add(lanes.submit(() -> {
                    Optional<String> why = one(guest.name());
                    if (why.isPresent()) {
                        stayed.put(guest.name(), why.get());
                        observer.stayed(guest.name(), why.get());
                    } else {
                        moved.add(guest.name());
                        observer.moved(guest.name());
                    }
                }));
            }
            // Each to its end: access must not be taken back while one of them is still on its way.
            for (Future<?> lane : all) {
                try {
                    lane.get();
                } catch (ExecutionException e) {
                    problems.add("unexpected: " + e.getCause());
                }
            }
        } finally {
            lanes.shutdown();
        }
        List<String> names = guests.stream().map(LibvirtGuest::name).toList();
        problems.addAll(sharing.revoke(names, this::homesOf).problems());
        return new Outcome(moved, stayed, problems);
    }

    /** @return why it stayed, or what is wrong with it where it is now; empty: it moved, and its disks answer */
    private Optional<String> one(String guest) {
        if (stop.get()) {
            return Optional.of("stopped before its turn");
        }
        observer.begins(guest);
        try {
            synchronized (sharing) {
                sharing.handOver(guest, route.toRunsAs());
            }
            Optional<String> refusal = move(guest);
            // Whoever only lost the connection has not lost the migration: it goes on without him.
            Evacuation.<Void>twice(() -> {
                mover.awaitNoJob(route.from(), guest);
                return null;
            });
            synchronized (sharing) {
                // Before anything is taken back, good or bad: libvirt on either side may have given the image away.
                sharing.settle(guest, this::homesOf);
            }
            boolean isThere = twice(() -> mover.place(route.to(), guest)) == Place.RUNS;
            if (!isThere && twice(() -> mover.place(route.from(), guest)) != Place.RUNS) {
                return Optional.of("it was shut down while it moved"
                        + refusal.map(why -> " (" + why + ")").orElse(""));
            }
            Optional<String> broken = twice(() -> mover.proveDisks(isThere ? route.to() : route.from(), guest));
            if (broken.isPresent()) {
                return Optional.of("its disk does not answer " + (isThere ? "there" : "here") + ": " + broken.get());
            }
            if (refusal.isEmpty() && !isThere) {
                return Optional.of("libvirt says it has moved, and it does not run there");
            }
            if (refusal.isPresent() && isThere && mover.place(route.from(), guest) != Place.RUNS) {
                observer.note(guest + " has moved, although libvirt says: " + refusal.get());
                return Optional.empty();
            }
            return refusal;
        } catch (LibvirtUnavailableException e) {
            return Optional.of(e.getMessage());
        } catch (IOException e) {
            return Optional.of(e.toString());
        }
    }

    private Optional<String> move(String guest) {
        try {
            return mover.move(
                    route.from(),
                    guest,
                    route.toSeenFromThere(),
                    options.unsafe(),
                    stop,
                    progress -> observer.progress(guest, progress));
        } catch (LibvirtUnavailableException e) {
            return Optional.of(e.getMessage());
        }
    }

    private interface Question<T> {
        T ask() throws LibvirtUnavailableException;
    }

    /** Ctrl-C on a terminal ends the ssh of a connection too; a new one answers. */
    private static <T> T twice(Question<T> question) throws LibvirtUnavailableException {
        try {
            return question.ask();
        } catch (LibvirtUnavailableException lost) {
            return question.ask();
        }
    }

    /** Each guest is on one side, or on none. Where a side does not answer nothing is concluded. */
    private Homes.Whereabouts homesOf(Grant grant) {
        Set<Homes.Home> homes = new HashSet<>();
        for (String guest : grant.domains()) {
            Fact<Place> from = place(route.from(), guest);
            Fact<Place> to = place(route.to(), guest);
            boolean runsThere = to.orElse(Place.IS_NOT) == Place.RUNS;
            boolean runsHere = from.orElse(Place.IS_NOT) == Place.RUNS;
            if (runsHere && !runsThere) {
                homes.add(home(route.fromRunsAs()));
            } else if (runsThere && !runsHere) {
                homes.add(home(route.toRunsAs()));
            } else if (runsHere) {
                return new Homes.Whereabouts.Unknown(guest + " is on its way, or runs on both sides");
            } else if (!from.isKnown() || !to.isKnown()) {
                return new Homes.Whereabouts.Unknown("where " + guest + " runs is not known: "
                        + from.whyUnknown().or(to::whyUnknown).orElse(""));
            }
        }
        return new Homes.Whereabouts.Known(homes);
    }

    private static Homes.Home home(Owner owner) {
        return new Homes.Home(owner.uid(), Optional.of(owner.gid()));
    }

    private Fact<Place> place(String uri, String guest) {
        try {
            return Fact.known(twice(() -> mover.place(uri, guest)));
        } catch (LibvirtUnavailableException e) {
            return Fact.unknown(e.getMessage());
        }
    }
}
