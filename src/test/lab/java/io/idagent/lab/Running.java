package io.idagent.lab;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A command that may still run. */
public final class Running {

    private final List<String> command;
    private final Process process;
    private final Path out;
    private final Path err;

    private Running(List<String> command, Process process, Path out, Path err) {
        this.command = command;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Output goes to files: a pipe would be held open by whatever the command leaves running. */
    public static Running start(Path program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile("lab-out", null);
            Path err = Files.createTempFile("lab-err", null);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            // Whatever the owner is of whoever started this JVM: that may have started several.
            builder.environment()
                    .put("LAB_OWNER", Long.toString(ProcessHandle.current().pid()));
            return new Running(command, builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
    }

    /** What it has printed so far on standard output. */
    public String outSoFar() {
        return read(out);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end; one that takes longer than the limit fails the test. */
    public Result await(Duration limit) {
        try {
            long end = System.nanoTime() + limit.toNanos();
            while (!process.waitFor(1, TimeUnit.SECONDS) && System.nanoTime() < end) {
                wakeNsenter();
            }
            if (process.isAlive()) {
                process.destroyForcibly();
                throw new AssertionError("%s%nstill ran after %s%n%s%s"
                        .formatted(String.join(" ", command), limit, read(out), read(err)));
            }
            return new Result(command, process.exitValue(), read(out), read(err));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + String.join(" ", command), e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    /** A host that shuts down stops all its processes first. nsenter then stops itself as well, and nobody here wakes it. */
    private void wakeNsenter() throws InterruptedException {
        for (ProcessHandle each : Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList()) {
            try {
                if (Files.readString(Path.of("/proc/" + each.pid() + "/stat")).contains("(nsenter) T ")) {
                    new ProcessBuilder("kill", "-CONT", Long.toString(each.pid()))
                            .start()
                            .waitFor();
                }
            } catch (IOException ended) {
                // Then it need not be woken.
            }
        }
    }

    /** A name of a file that is no UTF-8 may stand in it. */
    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
