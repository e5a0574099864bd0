package io.idagent.migration;

import io.idagent.ownership.AccessGrant;
import io.idagent.ownership.AccessGrants;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.FileSystemKind;
import io.idagent.platform.GuestDescription;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives other hosts' numbers access to the images of guests, and takes it back: each grant is written down before it is
 * made, and struck out after it was undone. So whatever dies in between, the next run knows what is out.
 */
public final class Sharing {

    static final int READ = 4;
    private static final int READ_AND_WRITE = 6;

    private final GrantJournal journal;
    private final AccessGrants access;
    private final TreeBase base;

    public Sharing(GrantJournal journal, AccessGrants access, TreeBase base) {
        this.journal = journal;
        this.access = access;
        this.base = base;
    }

    /**
     * @param grants that are out now (of a granting), or were taken back (of a revocation)
     * @param notes what needed no doing, and why
     * @param problems what could not be done, and why
     */
    public record Outcome(List<Grant> grants, List<String> notes, List<String> problems) {

        public Outcome {
            grants = List.copyOf(grants);
            notes = List.copyOf(notes);
            problems = List.copyOf(problems);
        }
    }

    public List<Grant> out() throws IOException {
        return List.copyOf(journal.all().values());
    }

    /** Which numbers are to have access to a guest's images. */
    @FunctionalInterface
    public interface ForWhom {
        Set<Uid> of(LibvirtGuest guest);
    }

    /**
     * All or nothing: where one image cannot be opened up, none is, and what was until then is taken back.
     *
     * @param others running guests that stay where they are: as long as they use one of these images too, it counts
     * @param forEverybody whether the mode may be opened where there are no access control lists
     * @param evacuation it will be taken back by an evacuation
     */
    public Outcome grant(
            List<LibvirtGuest> guests,
            List<LibvirtGuest> others,
            ForWhom uids,
            boolean forEverybody,
            boolean evacuation)
            throws IOException {
        Map<String, Wish> wishes = new LinkedHashMap<>();
        MountTable mounts = MountTable.ofThisProcess();
        guests.forEach(guest -> add(guest, mounts, uids.of(guest), wishes));
        Map<String, Wish> used = new LinkedHashMap<>();
        others.forEach(guest -> add(guest, mounts, uids.of(guest), used));
        wishes.replaceAll((path, wish) -> used.containsKey(path) ? wish.alsoFor(used.get(path)) : wish);
        List<String> problems = new ArrayList<>();
        List<Grant> planned = new ArrayList<>();
        Map<String, Grant> out = journal.all();
        for (Wish wish : wishes.values()) {
            AccessGrants.Plan plan = access.plan(base, wish.path(), wish.uids(), wish.permissions(), forEverybody);
            if (plan instanceof AccessGrants.Plan.Needed needed) {
                planned.add(joined(out.get(needed.grant().path()), needed.grant(), wish.domains(), evacuation));
            } else if (plan instanceof AccessGrants.Plan.Refused refused) {
                problems.add(refused.why());
            }
        }
        if (!problems.isEmpty()) {
            return new Outcome(List.of(), List.of(), problems);
        }
        for (Grant grant : planned) {
            journal.put(grant);
            Optional<String> refusal = access.make(base, grant.access());
            if (refusal.isPresent()) {
                problems.add(refusal.get());
                break;
            }
        }
        if (!problems.isEmpty()) {
            problems.addAll(takeBackWhatIsNew(planned, out));
            return new Outcome(List.of(), List.of(), problems);
        }
        return new Outcome(planned, List.of(), List.of());
    }

    /** What was out before stays out, as it was. */
    private List<String> takeBackWhatIsNew(List<Grant> planned, Map<String, Grant> before) throws IOException {
        List<String> problems = new ArrayList<>();
        for (Grant grant : planned) {
            Grant earlier = before.get(grant.access().path());
            if (earlier == null) {
                undo(grant, new ArrayList<>(), new ArrayList<>(), problems);
            }
        }
        return problems;
    }

    /** @param domains whose grants are to go; none: all. An image that another guest has too stays open for that one */
    public Outcome revoke(List<String> domains, Homes homes) throws IOException {
        List<Grant> undone = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Grant grant : journal.all().values()) {
            List<String> others = grant.domains().stream()
                    .filter(name -> !domains.contains(name))
                    .toList();
            if (!domains.isEmpty() && others.size() == grant.domains().size()) {
                continue;
            }
            if (!domains.isEmpty() && !others.isEmpty()) {
                journal.put(new Grant(grant.at(), others, grant.access(), grant.evacuation()));
                notes.add(grant.access().path() + " stays open for " + String.join(", ", others));
                continue;
            }
            takeBack(grant, homes, undone, notes, problems);
        }
        return new Outcome(undone, notes, problems);
    }

    /**
     * After guests have moved: takes back what nobody needs any more. An image that guests use under different numbers stays
     * open: whoever moves the last of them takes it back.
     */
    Outcome release(List<String> domains, Homes homes) throws IOException {
        List<Grant> undone = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Grant grant : journal.all().values()) {
            if (grant.domains().stream().noneMatch(domains::contains)) {
                continue;
            }
            if (homes.of(grant) instanceof Homes.Whereabouts.Known known && known.numbers() > 1) {
                notes.add(grant.access().path() + " stays open: guests on both sides use it ("
                        + String.join(", ", grant.domains()) + ")");
                continue;
            }
            takeBack(grant, homes, undone, notes, problems);
        }
        return new Outcome(undone, notes, problems);
    }

    /**
     * Gives an image to the account that its guest runs as: libvirt on the other side takes it and leaves it so when a
     * migration fails, and libvirt here gives it to root when one succeeds; then it is our access alone that keeps the
     * guest's disk alive.
     *
     * @return why access must not be taken back; empty: it may
     */
    public Optional<String> settle(Grant grant, Homes homes) {
        Homes.Whereabouts where = homes.of(grant);
        if (where instanceof Homes.Whereabouts.Unknown unknown) {
            return Optional.of(grant.access().path() + " stays open: " + unknown.why());
        }
        for (Homes.Home home : ((Homes.Whereabouts.Known) where).homes()) {
            Optional<String> refusal = access.settle(
                    base, grant.access(), home.uid(), home.gid(), ((Homes.Whereabouts.Known) where).numbers() > 1);
            if (refusal.isPresent()) {
                return Optional.of(refusal.get() + "; it stays open, as a guest lives by that");
            }
        }
        return Optional.empty();
    }

    /** Before a guest moves: {@link AccessGrants#handOver}. */
    void handOver(String domain, Owner to) throws IOException {
        for (Grant grant : journal.all().values()) {
            if (grant.domains().equals(List.of(domain)) && grant.access().permissions() == READ_AND_WRITE) {
                access.handOver(base, grant.access(), to);
            }
        }
    }

    /** Of one guest's images. Of those that other guests use as well it may be too early: that comes with the revocation. */
    public void settle(String domain, Homes homes) throws IOException {
        for (Grant grant : journal.all().values()) {
            if (grant.domains().contains(domain)) {
                settle(grant, homes);
            }
        }
    }

    private void takeBack(Grant grant, Homes homes, List<Grant> undone, List<String> notes, List<String> problems)
            throws IOException {
        Optional<String> danger = settle(grant, homes);
        if (danger.isPresent()) {
            problems.add(danger.get());
        } else {
            undo(grant, undone, notes, problems);
        }
    }

    private void undo(Grant grant, List<Grant> undone, List<String> notes, List<String> problems) throws IOException {
        AccessGrants.Undone outcome = access.undo(base, grant.access());
        if (outcome instanceof AccessGrants.Undone.Failed failed) {
            problems.add(failed.why());
            return;
        }
        if (outcome instanceof AccessGrants.Undone.NothingThere nothing) {
            notes.add(nothing.why());
        }
        journal.remove(grant);
        undone.add(grant);
    }

    /** A file that is open already is opened wider; how it was before anything was given stays what it goes back to. */
    private static Grant joined(Grant earlier, AccessGrant now, List<String> domains, boolean evacuation) {
        if (earlier == null || earlier.access().inode() != now.inode()) {
            return new Grant(Instant.now(), domains, now, evacuation);
        }
        List<String> all = new ArrayList<>(earlier.domains());
        domains.stream().filter(name -> !all.contains(name)).forEach(all::add);
        return new Grant(earlier.at(), all, earlier.access().and(now.uids(), now.permissions()), evacuation);
    }

    private record Wish(String path, Set<Uid> uids, int permissions, List<String> domains) {

        Wish alsoFor(Wish other) {
            List<String> all = new ArrayList<>(domains);
            other.domains().stream().filter(name -> !all.contains(name)).forEach(all::add);
            Set<Uid> numbers = AccessGrant.inOrder(uids);
            numbers.addAll(other.uids());
            return new Wish(path, numbers, permissions, all);
        }
    }

    /** Every file that libvirt gives to the account, CDs too. Of those that are not written, and below disks, reading is enough. */
    private static void add(LibvirtGuest guest, MountTable mounts, Set<Uid> uids, Map<String, Wish> wishes) {
        for (GuestDescription.Disk disk : guest.now().disks()) {
            boolean isMeant = disk.type().equals("file") || disk.type().equals("volume");
            if (!isMeant || disk.path().isEmpty()) {
                continue;
            }
            add(guest, disk.path().get(), uids, disk.readOnly() ? READ : READ_AND_WRITE, wishes);
            disk.backing().orElse(List.of()).forEach(member -> member.path()
                    .ifPresent(path -> add(guest, path, uids, READ, wishes)));
        }
        sharedNvram(guest, mounts).ifPresent(path -> add(guest, path, uids, READ_AND_WRITE, wishes));
    }

    /** The firmware's variables, where the other side sees the same file; elsewhere it makes its own. */
    static Optional<String> sharedNvram(LibvirtGuest guest, MountTable mounts) {
        return guest.now().nvram().filter(path -> {
            Optional<Mount> own = mount(path, mounts);
            boolean isBesideADisk = guest.now().disks().stream()
                    .flatMap(disk -> disk.path().stream())
                    .anyMatch(disk -> mount(disk, mounts).equals(own));
            return own.isPresent() && (own.get().kind() == FileSystemKind.SHARED || isBesideADisk);
        });
    }

    private static Optional<Mount> mount(String path, MountTable mounts) {
        return mounts.holding(RawPath.ofNames(RawPath.split(path.getBytes(StandardCharsets.UTF_8))));
    }

    private static void add(LibvirtGuest guest, String path, Set<Uid> uids, int permissions, Map<String, Wish> wishes) {
        wishes.merge(path, new Wish(path, uids, permissions, List.of(guest.name())), (one, other) -> new Wish(
                        path, one.uids(), one.permissions() | other.permissions(), one.domains())
                .alsoFor(other));
    }
}
