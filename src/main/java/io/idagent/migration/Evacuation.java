package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.ownership.AccessGrant;
import io.idagent.platform.GuestMover;
import io.idagent.platform.GuestMover.Place;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private final GuestMover mover;
    private final DiskProof proof;
    private final Sharing sharing;
    private final Route route;
    private final RouteHomes homes;
    private final Options options;
    private final Observer observer;
    private final AtomicBoolean stop;

    /**
     * @param from the libvirt that guests leave, as seen from here. @param to the one they go to, as seen from here
     * @param fromRunsAs the numbers that guests are started with there; one that runs may have others
     * @param toSeenFromThere the same, as the libvirt that guests leave reaches it
     */
    public record Route(String from, Owner fromRunsAs, String to, Owner toRunsAs, String toSeenFromThere) {}

    /**
     * @param unsafe for storage that both share and libvirt does not know as shared
     * @param timeLimit for one guest; then its migration is called off
     * @param forEverybody whether a mode may be opened where there are no access control lists
     */
    public record Options(int parallel, boolean unsafe, boolean forEverybody, Optional<Duration> timeLimit) {

        boolean isOver(long begunNanos) {
            return timeLimit
                    .filter(limit -> System.nanoTime() - begunNanos > limit.toNanos())
                    .isPresent();
        }
    }

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
            GuestMover mover,
            DiskProof proof,
            Sharing sharing,
            Route route,
            Options options,
            Observer observer,
            AtomicBoolean stop) {
        this.mover = mover;
        this.proof = proof;
        this.homes = new RouteHomes(mover, route);
        this.sharing = sharing;
        this.route = route;
        this.options = options;
        this.observer = observer;
        this.stop = stop;
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
            mover.awaitNoJob(
                    route.from(),
                    name,
                    stop::get,
                    () -> observer.note(name
                            + " is still on its way since an earlier run: waiting until it has arrived, or stays"));
        }
        return takeBack(List.copyOf(names));
    }

    /** @param others guests that run on either side and are not to move: what they share with these must stay theirs */
    public Outcome move(List<LibvirtGuest> guests, List<LibvirtGuest> others) throws IOException, InterruptedException {
        List<String> moved = Collections.synchronizedList(new ArrayList<>());
        Map<String, String> stayed = Collections.synchronizedMap(new LinkedHashMap<>());
        List<String> problems = new ArrayList<>();
        if (guests.isEmpty()) {
            return new Outcome(moved, stayed, problems);
        }
        Sharing.Outcome granted = sharing.grant(guests, others, this::bothNumbers, options.forEverybody(), true);
        boolean numbersDiffer =
                guests.stream().anyMatch(guest -> bothNumbers(guest).size() > 1);
        // Under one number guests need no access; but without the record nobody gives back what libvirt makes root's.
        if (!granted.problems().isEmpty() && numbersDiffer) {
            guests.forEach(guest -> stayed.put(guest.name(), String.join("; ", granted.problems())));
            return new Outcome(moved, stayed, problems);
        }
        ExecutorService lanes = Executors.newFixedThreadPool(options.parallel());
        try {
            List<Future<?>> all = new ArrayList<>();
            for (LibvirtGuest guest : guests) {
                all.add(lanes.submit(() -> {
                    Optional<String> why = one(guest);
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
        problems.addAll(takeBack(names));
        return new Outcome(moved, stayed, problems);
    }

    /** Those of these that run where they were to go. */
    public List<String> arrived(Collection<String> names) throws LibvirtUnavailableException {
        List<String> arrived = new ArrayList<>();
        for (String name : names) {
            if (homes.place(route.to(), name) == Place.RUNS) {
                arrived.add(name);
            }
        }
        return arrived;
    }

    /**
     * Whether a guest starts with its host does not move along.
     *
     * @param names of guests that did, also of those that an earlier run has moved
     * @return what could not be done
     */
    public List<String> keepAutostart(Collection<String> names) {
        List<String> problems = new ArrayList<>();
        for (String name : names) {
            try {
                if (homes.place(route.to(), name) == Place.RUNS) {
                    RouteHomes.<Void>twice(() -> {
                        mover.startWithHost(route.to(), name);
                        return null;
                    });
                }
            } catch (LibvirtUnavailableException e) {
                problems.add(name + " does not start with its host any more: " + e.getMessage()
                        + "; on the host it is on: virsh autostart " + name);
            }
        }
        return problems;
    }

    /** Numbers that get access to a guest's images for the time of the migration, and have none now. */
    public static Set<Uid> newNumbers(LibvirtGuest guest, Route route) {
        Optional<Uid> now = RunsAs.of(guest, route.fromRunsAs()).map(Owner::uid);
        Optional<Uid> then = RunsAs.there(guest, route.toRunsAs()).map(Owner::uid);
        return then.equals(now) ? Set.of() : then.map(Set::of).orElse(Set.of());
    }

    private Set<Uid> bothNumbers(LibvirtGuest guest) {
        Set<Uid> both = AccessGrant.inOrder(List.of());
        RunsAs.of(guest, route.fromRunsAs()).map(Owner::uid).ifPresent(both::add);
        RunsAs.there(guest, route.toRunsAs()).map(Owner::uid).ifPresent(both::add);
        return both;
    }

    private List<String> takeBack(List<String> names) throws IOException {
        Sharing.Outcome released = sharing.release(names, homes);
        released.notes().forEach(observer::note);
        return released.problems();
    }

    /** @return why it stayed, or what is wrong with it where it is now; empty: it moved, and its disks answer */
    private Optional<String> one(LibvirtGuest moving) {
        String guest = moving.name();
        if (stop.get()) {
            return Optional.of("stopped before its turn");
        }
        observer.begins(guest);
        long begunAt = System.nanoTime();
        try {
            DiskProof.Begun begun = proof.begin(guest, List.of(route.from(), route.to()));
            synchronized (sharing) {
                sharing.handOver(guest, RunsAs.there(moving, route.toRunsAs()).orElse(route.toRunsAs()));
            }
            // Ctrl-C may have come while its images were given away; what has not begun need not be called off.
            Optional<String> tried = stop.get() ? Optional.of("before it began") : move(guest, begunAt);
            Optional<String> refusal = tried.map(
                    why -> options.isOver(begunAt) ? "it did not move within --time-limit (" + why + ")" : why);
            // Whoever only lost the connection has not lost the migration: it goes on without him.
            RouteHomes.<Void>twice(() -> {
                mover.awaitNoJob(route.from(), guest, () -> stop.get() || options.isOver(begunAt), () -> {});
                return null;
            });
            synchronized (sharing) {
                // Before anything is taken back, good or bad: libvirt on either side may have given the image away.
                sharing.settle(guest, homes);
            }
            return result(guest, refusal, begun);
        } catch (LibvirtUnavailableException e) {
            return Optional.of(e.getMessage());
        } catch (IOException e) {
            return Optional.of(e.toString());
        }
    }

    private Optional<String> result(String guest, Optional<String> refusal, DiskProof.Begun begun)
            throws LibvirtUnavailableException {
        Fact<Place> there = homes.placeIfKnown(route.to(), guest);
        boolean isThere = there.orElse(Place.IS_NOT) == Place.RUNS;
        if (!isThere && homes.place(route.from(), guest) != Place.RUNS) {
            String what = there.switchOn(
                    known -> "it was shut down " + (known.value() == Place.IS_SHUT_OFF ? "there" : "while it moved"),
                    why -> "it left this side, and the other one was not reached since: " + why);
            return Optional.of(what + refusal.map(why -> " (" + why + ")").orElse(""));
        }
        String where = isThere ? "there" : "here";
        DiskProof.Verdict verdict = RouteHomes.twice(() -> proof.look(begun, isThere ? route.to() : route.from()));
        if (verdict instanceof DiskProof.Verdict.Broken broken) {
            return Optional.of("its disk does not answer " + where + ": " + broken.why()
                    + refusal.map(why -> " (it did not move: " + why + ")").orElse(""));
        }
        if (verdict instanceof DiskProof.Verdict.NotSeen unseen) {
            observer.note(guest + " runs " + where + "; whether its disks answer is not proved: " + unseen.why());
        }
        if (refusal.isEmpty() && !isThere) {
            return Optional.of("libvirt says it has moved, and it does not run there");
        }
        if (refusal.isPresent() && isThere && homes.place(route.from(), guest) != Place.RUNS) {
            observer.note(guest + " has moved, although libvirt says: " + refusal.get());
            return Optional.empty();
        }
        return refusal.map(why -> stop.get() ? "called off (" + why + ")" : why);
    }

    private Optional<String> move(String guest, long begunAt) {
        try {
            return mover.move(
                    route.from(),
                    guest,
                    route.toSeenFromThere(),
                    options.unsafe(),
                    () -> stop.get() || options.isOver(begunAt),
                    progress -> observer.progress(guest, progress));
        } catch (LibvirtUnavailableException e) {
            return Optional.of(e.getMessage());
        }
    }
}
