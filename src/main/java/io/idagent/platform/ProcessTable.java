package io.idagent.platform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All processes of the host, from /proc.
 *
 * <p>All or an error: a list in which some are missing would look like a host without guests. Processes that end while
 * the list is made are left out.
 */
public final class ProcessTable {

    /** PF_KTHREAD of the kernel's include/linux/sched.h, in the ninth field of /proc/PID/stat. */
    private static final long KERNEL_THREAD_FLAG = 0x00200000;

    private static final int STAT_FLAGS = 9;
    private static final int STAT_START_TIME = 22;

    private final Path proc;
    private final boolean remembers;
    private Map<String, Seen> seen = Map.of();

    /** @param hasRun changes whenever the process runs: {@link #hasRun} */
    private record Seen(String hasRun, RunningProcess process) {}

    public ProcessTable() {
        this(Path.of("/proc"), false);
    }

    ProcessTable(Path proc) {
        this(proc, false);
    }

    private ProcessTable(Path proc, boolean remembers) {
        this.proc = proc;
        this.remembers = remembers;
    }

    /**
     * For one who looks again and again: a process that has not run since it was looked at is as it was, and is not read
     * again. Most of a host's processes sleep from one look to the next.
     */
    public static ProcessTable thatRemembers() {
        return new ProcessTable(Path.of("/proc"), true);
    }

    static ProcessTable thatRemembers(Path proc) {
        return new ProcessTable(proc, true);
    }

    /**
     * @return every process, by pid
     * @throws ProcessesHiddenException if /proc hides processes of others from us (hidepid), or one cannot be read
     */
    public synchronized List<RunningProcess> read() throws ProcessesHiddenException {
        Uid ourselves = requireSight();
        List<RunningProcess> processes = new ArrayList<>();
        Map<String, Seen> seenNow = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc)) {
            for (Path entry : entries) {
                String pid = entry.getFileName().toString();
                if (isPid(pid)) {
                    // Before all else: what it does while it is read must show at the next look.
                    String hasRun = remembers ? hasRun(entry) : "";
                    Seen before = seen.get(pid);
                    if (before != null && before.hasRun().equals(hasRun)) {
                        processes.add(before.process());
                        seenNow.put(pid, before);
                        continue;
                    }
                    Optional<RunningProcess> process = readOne(entry, ourselves);
                    process.ifPresent(processes::add);
                    // Of one that runs just now the kernel has not yet written down that it does.
                    process.filter(found -> !hasRun.isEmpty() && found.status().state() != 'R')
                            .ifPresent(found -> seenNow.put(pid, new Seen(hasRun, found)));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new ProcessesHiddenException("Cannot list the processes in " + proc + ": " + e.getMessage(), e);
        }
        seen = seenNow;
        processes.sort(Comparator.comparingInt(RunningProcess::pid));
        return List.copyOf(processes);
    }

    /** When the process started, in clock ticks since boot: with the pid, its name for all time. */
    public OptionalLong startTime(int pid) {
        try {
            return OptionalLong.of(statField(proc.resolve(Integer.toString(pid)), STAT_START_TIME));
        } catch (IOException ended) {
            return OptionalLong.empty();
        }
    }

    /**
     * The paths of the files that a process has open; pipes and sockets are among them as "pipe:[7]".
     *
     * @return empty if only root may see them; an empty list if the process has ended
     */
    public Optional<List<String>> openFiles(int pid) {
        Path directory = proc.resolve(Integer.toString(pid));
        List<String> files = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(directory.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                linkTarget(descriptor).ifPresent(files::add);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Files.exists(directory.resolve("status")) ? Optional.empty() : Optional.of(List.of());
        }
        return Optional.of(files);
    }

    /**
     * With hidepid, process 1 cannot be looked at by those from whom processes are hidden; else everybody can.
     *
     * @return as whom we look
     */
    private Uid requireSight() throws ProcessesHiddenException {
        ProcessStatus first;
        ProcessStatus self;
        try {
            first = ProcessStatus.parse(content(proc.resolve("1/status")));
            self = ProcessStatus.parse(content(proc.resolve("self/status")));
        } catch (IOException | IllegalArgumentException e) {
            throw new ProcessesHiddenException(
                    "Processes of others cannot be seen: " + proc + "/1/status is not readable, as on a host where "
                            + proc + " is mounted with hidepid. Run this as root.",
                    e);
        }
        // Process 1 is our own in some containers, and then proves nothing.
        boolean firstIsOurs = first.effectiveUid().equals(self.effectiveUid());
        if (firstIsOurs && !self.effectiveUid().equals(Uid.ROOT) && isMountedWithHidepid()) {
            throw new ProcessesHiddenException(
                    "Processes of others cannot be seen: " + proc + " is mounted with hidepid. Run this as root.");
        }
        return self.effectiveUid();
    }

    private boolean isMountedWithHidepid() throws ProcessesHiddenException {
        try {
            for (String line : new String(content(proc.resolve("self/mountinfo")), ISO_8859_1).split("\n")) {
                if (line.contains(" - proc ") && line.matches(".*[ ,]hidepid=(?!0\\b|off\\b).*")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new ProcessesHiddenException("Cannot read how " + proc + " is mounted: " + e.getMessage(), e);
        }
    }

    /** @param ourselves of others only root may see the executable; asking in vain would cost more than all the rest */
    private Optional<RunningProcess> readOne(Path directory, Uid ourselves) throws ProcessesHiddenException {
        try {
            ProcessStatus status = ProcessStatus.parse(content(directory.resolve("status")));
            if (!status.hasMemory()) {
                return Optional.of(
                        new RunningProcess(status, Optional.empty(), List.of(), isKernelThread(directory, status)));
            }
            return Optional.of(new RunningProcess(
                    status,
                    ourselves.equals(Uid.ROOT) || status.uids().contains(ourselves)
                            ? linkTarget(directory.resolve("exe"))
                            : Optional.empty(),
                    arguments(content(directory.resolve("cmdline"))),
                    false));
        } catch (IOException | IllegalArgumentException e) {
            if (hasEnded(directory)) {
                return Optional.empty();
            }
            throw new ProcessesHiddenException(
                    "Cannot read process " + directory.getFileName() + ": " + e.getMessage() + ". Run this as root.",
                    e);
        }
    }

    /**
     * How many nanoseconds a process has run, how many it waited to, and how often it was let run: {@code schedstat}, see
     * the kernel's Documentation/scheduler/sched-stats.rst. Nobody else can give a process other ids or another program,
     * so with the same three numbers it has the same of both; and no other process that was given its pid since then
     * has run just as long.
     *
     * @return empty where the kernel does not count it
     */
    private static String hasRun(Path directory) {
        try (InputStream in = new FileInputStream(directory.resolve("schedstat").toString())) {
            byte[] line = new byte[96];
            int length = in.read(line);
            String numbers = length <= 0 ? "" : new String(line, 0, length, ISO_8859_1);
            return numbers.endsWith("\n") && !numbers.startsWith("0 ") ? numbers : "";
        } catch (IOException notCounted) {
            return "";
        }
    }

    /** A status file that can be read to its end belongs to a process that is there; all else is no proof. */
    private static boolean hasEnded(Path directory) {
        try {
            return content(directory.resolve("status")).length == 0;
        } catch (IOException e) {
            return !Files.exists(directory) || saysNoSuchProcess(directory);
        }
    }

    /** The directory of a process that is just ending can be there while its files answer ESRCH. */
    private static boolean saysNoSuchProcess(Path directory) {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(directory.resolve("task"))) {
            return !tasks.iterator().hasNext();
        } catch (IOException | DirectoryIteratorException e) {
            return !Files.exists(directory);
        }
    }

    private static boolean isKernelThread(Path directory, ProcessStatus status) throws IOException {
        return status.state() != 'Z' && (statField(directory, STAT_FLAGS) & KERNEL_THREAD_FLAG) != 0;
    }

    /** @param number counted from 1 as in {@code proc_pid_stat(5)}; from 3 on, because the name may hold spaces */
    private static long statField(Path directory, int number) throws IOException {
        String stat = new String(content(directory.resolve("stat")), ISO_8859_1);
        String[] behindName = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        try {
            return Long.parseUnsignedLong(behindName[number - 3]);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException(directory.resolve("stat") + " has no number in field " + number, e);
        }
    }

    /** Words end with a zero byte; a process that writes its own title leaves one long word. */
    static List<String> arguments(byte[] commandLine) {
        String text = new String(commandLine, UTF_8);
        String words = text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
        return words.isEmpty() ? List.of() : List.of(words.split("\0", -1));
    }

    private static Optional<String> linkTarget(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (IOException notForUs) {
            return Optional.empty();
        }
    }

    private static boolean isPid(String name) {
        return name.charAt(0) >= '1' && name.charAt(0) <= '9' && name.chars().allMatch(Character::isDigit);
    }

    /** Most files here are shorter than the first buffer; the kernel gives a short one in a single read. */
    private static byte[] content(Path file) throws IOException {
        try (InputStream in = new FileInputStream(file.toString())) {
            byte[] buffer = new byte[2048];
            int length = 0;
            for (int count; (count = in.read(buffer, length, buffer.length - length)) >= 0; ) {
                length += count;
                buffer = length == buffer.length ? Arrays.copyOf(buffer, 2 * length) : buffer;
            }
            return Arrays.copyOf(buffer, length);
        }
    }
}
