package io.idagent.host;

import io.idagent.platform.Domain;
import io.idagent.platform.ProcessTable;
import io.idagent.platform.ProcessesHiddenException;
import io.idagent.platform.RunningProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for the processes that matter to a conversion, and waits up to ten seconds for those of libvirt's that pass.
 *
 * <p>Our own question for libvirt's capabilities can start such a probe of qemu. One that is still there after the time
 * counts as what it is: a guest, or a user of the number.
 */
public final class GuestFinder {

    /** Where the list of processes comes from: {@link ProcessTable#read}, or a story in a test. */
    public interface Processes {
        List<RunningProcess> read() throws ProcessesHiddenException;
    }

    /** Which files a process has open: {@link ProcessTable#openFiles}. Empty if they cannot be seen. */
    public interface OpenFiles {
        Optional<List<String>> of(int pid);
    }

    /** Lets time pass. */
    public interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

    /** Where daemons have files of their own ({@code hier(7)}). */
    private static final List<String> OF_DAEMONS = List.of("/run/", "/var/log/", "/dev/", "/proc/", "/sys/");

    private final Processes processes;
    private final OpenFiles openFiles;
    private final Pause pause;

    public GuestFinder(ProcessTable table) {
        this(table::read, table::openFiles, time -> Thread.sleep(time.toMillis()));
    }

    GuestFinder(Processes processes, OpenFiles openFiles, Pause pause) {
        this.processes = processes;
        this.openFiles = openFiles;
        this.pause = pause;
    }

    /**
     * @param watched the account's current and former numbers, and those that libvirt has cached
     * @param target the numbers that the account shall have
     * @param domains what libvirt says; empty if it could not be asked, guests are then found as processes
     * @param roots below which an open file makes a qemu tool, or a daemon of libvirt, a user of an image
     * @return unknown if processes are hidden from us
     * @throws InterruptedException while waiting for probes
     */
    public Fact<ProcessesInTheWay> look(WatchedIds watched, WatchedIds target, List<Domain> domains, List<Path> roots)
            throws InterruptedException {
        try {
            ProcessSorting sorting = ProcessSorting.of(processes.read(), watched, target, domains);
            Duration waited = Duration.ZERO;
            while (!sorting.passing().isEmpty() && waited.compareTo(PATIENCE) < 0) {
                pause.of(BETWEEN_LOOKS);
                waited = waited.plus(BETWEEN_LOOKS);
                sorting = ProcessSorting.of(processes.read(), watched, target, domains);
            }
            return Fact.known(new ProcessesInTheWay(
                    sorting.guests(), sorting.idUsers(), sorting.targetUsers(), imageUsers(sorting, roots)));
        } catch (ProcessesHiddenException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    private record OpenFile(RunningProcess process, String path) {}

    /** A process is named once, whatever it has open. */
    private List<ImageUser> imageUsers(ProcessSorting sorting, List<Path> roots) throws InterruptedException {
        Map<Integer, ImageUser> users = new LinkedHashMap<>();
        List<OpenFile> open = new ArrayList<>();
        for (RunningProcess tool : sorting.imageTools()) {
            openFiles
                    .of(tool.pid())
                    .ifPresentOrElse(
                            files -> files.forEach(file -> open.add(new OpenFile(tool, file))),
                            () -> users.put(tool.pid(), user(tool, Optional.empty())));
        }
        open.addAll(openByDaemons(sorting.storageDaemons()));
        // A root may lie on a server that is dead: it is not asked for where it lies unless it matters.
        List<String> resolved = open.isEmpty() ? List.of() : resolved(roots);
        open.removeIf(file -> resolved.stream().noneMatch(root -> isBelow(file.path(), root)));
        if (open.stream().anyMatch(file -> sorting.storageDaemons().contains(file.process()))) {
            // To know formats and sizes libvirt opens each image of a pool for a moment; a copy takes longer.
            pause.of(BETWEEN_LOOKS);
            List<OpenFile> still = openByDaemons(sorting.storageDaemons());
            open.removeIf(file -> sorting.storageDaemons().contains(file.process()) && !still.contains(file));
        }
        open.forEach(file -> users.putIfAbsent(file.process().pid(), user(file.process(), Optional.of(file.path()))));
        return List.copyOf(users.values());
    }

    /** They always run: if only root may see their files, root will, before anything changes. */
    private List<OpenFile> openByDaemons(List<RunningProcess> daemons) {
        return daemons.stream()
                .flatMap(daemon -> openFiles.of(daemon.pid()).orElse(List.of()).stream()
                        .filter(GuestFinder::mayBeImage)
                        .map(file -> new OpenFile(daemon, file)))
                .toList();
    }

    private static ImageUser user(RunningProcess process, Optional<String> path) {
        return new ImageUser(process.pid(), process.program(), path);
    }

    /** Sockets and pipes have no path; what libvirt's daemons keep open for themselves are pid files, leases and logs. */
    private static boolean mayBeImage(String file) {
        return file.startsWith("/") && OF_DAEMONS.stream().noneMatch(file::startsWith);
    }

    private static boolean isBelow(String file, String root) {
        return file.equals(root) || file.startsWith(root.endsWith("/") ? root : root + "/");
    }

    /** The kernel names open files without symbolic links: the roots must be compared the same way. */
    private static List<String> resolved(List<Path> roots) {
        List<String> resolved = new ArrayList<>();
        for (Path root : roots) {
            resolved.add(root.toString());
            try {
                resolved.add(root.toRealPath().toString());
            } catch (IOException notThere) {
                // Nothing can be open below a directory that is not there.
            }
        }
        return resolved;
    }
}
