package io.idagent.platform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.commons.exec.Watchdog;

/**
 * Runs other programs: no shell, nothing inherited from our environment, nothing to read on standard input, and a limit
 * on time and on output.
 */
public final class Commands {

    /** Bytes kept of each of the two outputs; what comes after is read and dropped, so that the program goes on. */
    public static final int OUTPUT_LIMIT = 1 << 20;

    private static final List<String> PROGRAM_DIRECTORIES =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    /** LC_ALL=C: messages are read by people who search for them, and by our own tests. */
    private static final Map<String, String> ENVIRONMENT =
            Map.of("LC_ALL", "C", "PATH", String.join(":", PROGRAM_DIRECTORIES));

    /** What a program gets to end itself after SIGTERM, before SIGKILL. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** 128 and the number of SIGINT. */
    private static final int ENDED_BY_CTRL_C = 130;

    /** People press Ctrl-C more than once. */
    private static final int STARTS = 5;

    /** Where a program lies, in the fixed list of directories that every program gets as its PATH. */
    public Optional<Path> find(String program) {
        if (program.startsWith("/")) {
            return Optional.of(Path.of(program)).filter(Commands::isProgram);
        }
        return PROGRAM_DIRECTORIES.stream()
                .map(directory -> Path.of(directory, program))
                .filter(Commands::isProgram)
                .findFirst();
    }

    /**
     * Runs a program to its end; any exit code is a result.
     *
     * @param limit after this the program and what it started are ended: SIGTERM, two seconds later SIGKILL
     * @throws CommandException if there is no such program, it cannot be started, or the limit passed
     */
    public CommandResult run(List<String> argv, Duration limit) throws CommandException {
        Path program = find(argv.get(0))
                .orElseThrow(() -> new CommandException(argv.get(0) + " is not installed: there is no such program in "
                        + String.join(", ", PROGRAM_DIRECTORIES) + "."));
        CommandLine command = inItsOwnSession(program);
        argv.stream().skip(1).forEach(argument -> command.addArgument(argument, false));
        Optional<CommandResult> result = Optional.empty();
        for (int start = 1; result.isEmpty(); start++) {
            result = run(argv, command, limit, start == STARTS);
        }
        return result.get();
    }

    /**
     * @param isLast whatever comes of it is the result
     * @return empty if Ctrl-C ended it before it had begun: until setsid has made the new session, a terminal's signal
     *     reaches it too, and the process by which Java starts it
     */
    private static Optional<CommandResult> run(List<String> argv, CommandLine command, Duration limit, boolean isLast)
            throws CommandException {
        BoundedOutput out = new BoundedOutput();
        BoundedOutput err = new BoundedOutput();
        PumpStreamHandler streams = new PatientStreams(out, err);
        EndingWatchdog watchdog = new EndingWatchdog(limit);
        DefaultExecutor executor = DefaultExecutor.builder()
                .setExecuteStreamHandler(streams)
                .setWorkingDirectory(Path.of("/").toFile())
                .get();
        executor.setExitValues(null);
        executor.setWatchdog(watchdog);
        int exitCode;
        try {
            exitCode = executor.execute(command, ENVIRONMENT);
        } catch (IOException e) {
            if (watchdog.killedProcess()) {
                throw tooSlow(argv, limit);
            }
            if (e instanceof InterruptedIOException) {
                Thread.currentThread().interrupt();
            } else if (!isLast && String.valueOf(e.getMessage()).contains("spawn helper")) {
                return Optional.empty();
            }
            throw new CommandException(String.join(" ", argv) + " could not be run: " + e.getMessage(), e);
        }
        if (watchdog.killedProcess()) {
            throw tooSlow(argv, limit);
        }
        if (!isLast && exitCode == ENDED_BY_CTRL_C) {
            return Optional.empty();
        }
        return Optional.of(new CommandResult(argv, exitCode, out.text(), err.text()));
    }

    /**
     * Ctrl-C on a terminal goes to a whole process group. Whoever presses it asks this program to stop, at a place that it
     * chooses: usermod is not to die of it in the middle, and leave its lock files behind.
     */
    private CommandLine inItsOwnSession(Path program) {
        Optional<Path> setsid = find("setsid");
        if (setsid.isEmpty()) {
            return new CommandLine(program.toFile());
        }
        return new CommandLine(setsid.get().toFile()).addArgument(program.toString(), false);
    }

    private static CommandException tooSlow(List<String> argv, Duration limit) {
        return new CommandException(
                String.join(" ", argv) + " did not end within " + limit.toMillis() / 1000.0 + " s and was stopped.");
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }

    /**
     * A child that a program leaves in the background may keep its output open for ever. Commons Exec waits for it some
     * seconds (its own two and ours, for each output), and then calls the run a failure; the program's exit code says
     * otherwise.
     */
    private static final class PatientStreams extends PumpStreamHandler {

        PatientStreams(OutputStream out, OutputStream err) {
            super(out, err);
            setStopTimeout(Duration.ofMillis(100));
        }

        @Override
        public void stop() {
            try {
                super.stop();
            } catch (IOException stillOpen) {
                // What was written until now is there, and the exit code is known.
            }
        }
    }

    /** Commons Exec sends SIGTERM only, to the program only; some ignore it, and some have children. */
    private static final class EndingWatchdog extends ExecuteWatchdog {

        private Process process;

        // The builder that replaces this constructor cannot make a subclass.
        @SuppressWarnings("deprecation")
        EndingWatchdog(Duration limit) {
            super(limit.toMillis());
        }

        @Override
        public synchronized void start(Process started) {
            process = started;
            super.start(started);
        }

        @Override
        public synchronized void timeoutOccured(Watchdog watchdog) {
            List<ProcessHandle> children = process.descendants().toList();
            super.timeoutOccured(watchdog);
            children.forEach(ProcessHandle::destroy);
            try {
                if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static final class BoundedOutput extends OutputStream {

        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int oneByte) {
            if (kept.size() < OUTPUT_LIMIT) {
                kept.write(oneByte);
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            kept.write(bytes, offset, Math.min(length, OUTPUT_LIMIT - kept.size()));
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
