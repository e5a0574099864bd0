package io.idagent.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks libvirt by a process of our own program that ends with the answer.
 *
 * <p>For a program that lives long and asks seldom: libvirt's client library, and all that it draws in, is then not kept
 * in memory (18 MiB), and a libvirt that hangs in a call is got rid of with the child, which a thread in native code
 * cannot be.
 */
public final class LabelFromChild implements LabelSource {

    /** The hidden command that answers. */
    public static final String COMMAND = "base-label";

    private final Commands commands;
    private final List<String> thisProgram;
    private final String uri;
    private final Duration limit;

    /** @param thisProgram how it was started, without arguments of its own: {@link #thisProgram()} */
    public LabelFromChild(Commands commands, List<String> thisProgram, String uri, Duration limit) {
        this.commands = commands;
        this.thisProgram = List.copyOf(thisProgram);
        this.uri = uri;
        this.limit = limit;
    }

    /** The Java of this process with all its options: the child has the same libraries, and the same archive of classes. */
    public static List<String> thisProgram() throws IOException {
        byte[] words = Files.readAllBytes(Path.of("/proc/self/cmdline"));
        List<String> program = new ArrayList<>(ProcessTable.arguments(words));
        // The first word is what the shell was told; the file is what runs.
        program.set(0, Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
        return program;
    }

    @Override
    public Optional<Owner> askBaseLabel() throws LibvirtUnavailableException {
        List<String> argv = new ArrayList<>(thisProgram);
        argv.addAll(List.of(COMMAND, "-Didagent.libvirt-uri=" + uri));
        CommandResult answer;
        try {
            answer = commands.run(argv, limit);
        } catch (CommandException e) {
            // Its message begins with the whole command line of a Java program, which says nothing to anybody.
            throw new LibvirtUnavailableException(
                    "libvirt at " + uri + " did not answer within " + limit.toMillis() / 1000.0
                            + " s, or could not be asked.",
                    e);
        }
        if (!answer.succeeded()) {
            throw new LibvirtUnavailableException(
                    answer.err().strip().isEmpty()
                            ? "the question to libvirt at " + uri + " ended with " + answer.exitCode()
                            : lastLine(answer.err()),
                    null);
        }
        return owner(answer.out());
    }

    /** What the child writes: uid and gid, or nothing. */
    public static String text(Optional<Owner> label) {
        return label.map(owner -> owner.uid() + ":" + owner.gid()).orElse("none");
    }

    private Optional<Owner> owner(String text) throws LibvirtUnavailableException {
        String answer = lastLine(text);
        if (answer.equals("none")) {
            return Optional.empty();
        }
        String[] numbers = answer.split(":", -1);
        try {
            if (numbers.length != 2) {
                throw new IllegalArgumentException("two numbers are a label");
            }
            return Optional.of(new Owner(Uid.parse(numbers[0]), Gid.parse(numbers[1])));
        } catch (IllegalArgumentException e) {
            throw new LibvirtUnavailableException("the answer about libvirt's label is no label: " + answer, e);
        }
    }

    /** A Java machine may have something to say before. */
    private static String lastLine(String text) {
        String[] lines = text.strip().split("\n");
        return lines[lines.length - 1].strip();
    }
}
