package io.idagent.host;

import io.idagent.platform.Domain;
import io.idagent.platform.Printable;
import io.idagent.platform.RunningProcess;
import io.idagent.platform.Uid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which processes are guests, which merely carry a number of the account, and which are none of our business.
 *
 * <p>A guest is any qemu system emulator, whoever owns it, and any active domain of libvirt, even if its process was not
 * found. Every other process with a watched uid or gid, supplementary groups included, is a user of the number. Kernel
 * threads are neither.
 *
 * @param guests as said
 * @param idUsers as said
 * @param targetUsers carriers of a target number
 * @param imageTools qemu tools that may have an image open
 * @param storageDaemons libvirt's own, which have one open only while they copy it from or to somebody
 * @param passing processes that are there for a moment: libvirt's probes of emulators, its own child on the way to
 *     becoming a qemu, and what has ended and waits for its parent. They are in {@code guests} or {@code idUsers} as well; whoever can wait looks again
 */
record ProcessSorting(
        List<Guest> guests,
        List<IdUser> idUsers,
        List<IdUser> targetUsers,
        List<RunningProcess> imageTools,
        List<RunningProcess> storageDaemons,
        List<RunningProcess> passing) {

    /**
     * @param watched current, former and cached numbers of the account
     * @param target numbers that the account shall get; those among the watched ones are its own already
     */
    static ProcessSorting of(
            List<RunningProcess> processes, WatchedIds watched, WatchedIds target, List<Domain> domains) {
        List<Guest> guests = new ArrayList<>();
        List<IdUser> idUsers = new ArrayList<>();
        List<IdUser> targetUsers = new ArrayList<>();
        List<RunningProcess> imageTools = new ArrayList<>();
        List<RunningProcess> storageDaemons = new ArrayList<>();
        List<RunningProcess> passing = new ArrayList<>();
        WatchedIds foreignTarget = target.without(watched);
        List<RunningProcess> emulators = new ArrayList<>();

        for (RunningProcess process : processes) {
            if (process.kernelThread()) {
                continue;
            }
            WatchedIds carried = watched.carriedBy(process.status());
            if (QemuCommandLine.isEmulator(process)) {
                emulators.add(process);
                if (QemuCommandLine.isProbe(process) || hasEnded(process)) {
                    passing.add(process);
                }
            } else if (!carried.isEmpty()) {
                idUsers.add(new IdUser(process.pid(), process.program(), carried));
                if (process.isLibvirtDaemon() || hasEnded(process)) {
                    passing.add(process);
                }
            }
            WatchedIds carriedOfTarget = foreignTarget.carriedBy(process.status());
            if (!carriedOfTarget.isEmpty()) {
                targetUsers.add(new IdUser(process.pid(), process.program(), carriedOfTarget));
            }
            if (QemuCommandLine.isImageTool(process)) {
                imageTools.add(process);
            } else if (QemuCommandLine.isStorageDaemon(process)) {
                storageDaemons.add(process);
            }
        }
        addGuests(emulators, domains, watched, guests);
        return new ProcessSorting(guests, idUsers, targetUsers, imageTools, storageDaemons, passing);
    }

    /** It has no command line any more: an ended probe cannot be told from an ended guest, and neither stays. */
    private static boolean hasEnded(RunningProcess process) {
        return !process.status().hasMemory() || process.arguments().isEmpty();
    }

    private static void addGuests(
            List<RunningProcess> emulators, List<Domain> domains, WatchedIds watched, List<Guest> guests) {
        Map<Integer, Domain> domainOf = new HashMap<>();
        for (Domain domain : domains) {
            if (!domain.active()) {
                continue;
            }
            Optional<RunningProcess> process = emulatorOf(domain, emulators, domainOf);
            process.ifPresent(found -> domainOf.put(found.pid(), domain));
            if (process.isEmpty()) {
                guests.add(new Guest(
                        domain.name(), Optional.empty(), true, Optional.empty(), WatchedIds.NONE, WatchedIds.NONE));
            }
        }
        for (RunningProcess emulator : emulators) {
            Optional<Domain> domain = Optional.ofNullable(domainOf.get(emulator.pid()));
            Uid runsAs = emulator.status().effectiveUid();
            guests.add(new Guest(
                    domain.map(Domain::name)
                            .or(() -> QemuCommandLine.guestName(emulator).map(Printable::line))
                            .orElse(emulator.program()),
                    Optional.of(emulator.pid()),
                    domain.isPresent(),
                    Optional.of(runsAs),
                    watched.carriedBy(emulator.status()),
                    new WatchedIds(emulator.status().uids(), emulator.status().gids())));
        }
    }

    /** By libvirt's pid file; else by the name on the command line. A pid that is no emulator (any more) means nothing. */
    private static Optional<RunningProcess> emulatorOf(
            Domain domain, List<RunningProcess> emulators, Map<Integer, Domain> taken) {
        List<RunningProcess> free = emulators.stream()
                .filter(emulator -> !taken.containsKey(emulator.pid()))
                .toList();
        return free.stream()
                .filter(emulator -> domain.pid().equals(Optional.of(emulator.pid())))
                .findFirst()
                .or(() -> free.stream()
                        .filter(emulator -> QemuCommandLine.guestName(emulator).equals(Optional.of(domain.name())))
                        .findFirst());
    }
}
