package io.idagent.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** usermod(8) and groupmod(8), kept to what they are asked for: a number in the account files, and nothing else. */
public final class ShadowTools {

    /**
     * usermod gives the home directory's files, on whatever file system, and the mail spool to the new number. Owners
     * are changed by this program alone, which writes down each one first. So usermod runs where these directories are
     * covered by an empty file system, in a mount namespace that ends with it.
     */
    private static final String COVER_AND_RUN = """
            while [ "$1" != -- ]; do
                mount -t tmpfs -o size=64k,mode=755 libvirt-id-agent "$1" || exit 125
                shift
            done
            shift
            exec "$@"
            """;

    private final Commands commands;
    private final Duration limit;
    private final Optional<Path> prefix;

    /** @param prefix the root directory of another system whose files are edited; empty: this host's */
    public ShadowTools(Commands commands, Duration limit, Optional<Path> prefix) {
        this.commands = commands;
        this.limit = limit;
        this.prefix = prefix;
    }

    /** A program that is needed and not installed. */
    public Optional<String> missing() {
        return Stream.of("usermod", "groupmod", "unshare", "mount")
                .filter(program -> commands.find(program).isEmpty())
                .findFirst();
    }

    /** @param home the account's home directory as the passwd file has it */
    public CommandResult changeUid(String user, Uid uid, String home) throws IOException, CommandException {
        List<String> command = new ArrayList<>(
                List.of("unshare", "--mount", "--propagation", "private", "--", "sh", "-c", COVER_AND_RUN, "sh"));
        for (String directory : List.of(home, "/var/mail", "/var/spool/mail")) {
            Path covered = inside(directory);
            if (Files.isDirectory(covered)
                    && !command.contains(covered.toRealPath().toString())) {
                command.add(covered.toRealPath().toString());
            }
        }
        command.add("--");
        List<String> usermod = tool("usermod", "-u", uid.toString(), user);
        command.addAll(usermod);
        CommandResult result = commands.run(command, limit);
        // For a person it is usermod that has failed; what it was wrapped in says nothing to anybody.
        return new CommandResult(usermod, result.exitCode(), result.out(), result.err());
    }

    public CommandResult changeGid(String group, Gid gid) throws CommandException {
        return commands.run(tool("groupmod", "-g", gid.toString(), group), limit);
    }

    private Path inside(String directory) {
        return prefix.map(p -> p.resolve(directory.replaceFirst("^/+", ""))).orElse(Path.of(directory));
    }

    private List<String> tool(String name, String flag, String number, String subject) {
        List<String> command = new ArrayList<>(List.of(name));
        prefix.ifPresent(p -> command.addAll(List.of("-P", p.toString())));
        command.addAll(List.of(flag, number, subject));
        return command;
    }
}
