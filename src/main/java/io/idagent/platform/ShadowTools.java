package io.idagent.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The tools of shadow that edit account files, kept to what they are asked for: a line or a number in these files, and
 * nothing else.
 */
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

    /** As Debian's policy (9.2.3) has it for accounts that need none. */
    public static final String NO_HOME = "/nonexistent";

    public static final String NO_SHELL = "/usr/sbin/nologin";

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
        return Stream.of("usermod", "groupmod", "useradd", "userdel", "groupadd", "groupdel", "unshare", "mount")
                .filter(program -> commands.find(program).isEmpty())
                .findFirst();
    }

    /**
     * @param home the account's home directory as the passwd file has it
     * @param shared somebody else may have the number as well
     */
    public CommandResult changeUid(String user, Uid uid, String home, boolean shared)
            throws IOException, CommandException {
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
        List<String> usermod = tool("usermod", shared, "-u", uid.toString(), user);
        command.addAll(usermod);
        CommandResult result = commands.run(command, limit);
        // For a person it is usermod that has failed; what it was wrapped in says nothing to anybody.
        return new CommandResult(usermod, result.exitCode(), result.out(), result.err());
    }

    /** @param shared some other group may have the number as well */
    public CommandResult changeGid(String group, Gid gid, boolean shared) throws CommandException {
        return commands.run(tool("groupmod", shared, "-g", gid.toString(), group), limit);
    }

    /**
     * Adds a system account that nobody can log in to: locked, without a home, and without a group of its own.
     *
     * @param comment must not hold a colon
     * @param shared somebody else may have the number as well
     */
    public CommandResult addLockedUser(String user, Uid uid, String group, String comment, boolean shared)
            throws CommandException {
        return commands.run(
                tool(
                        "useradd",
                        shared,
                        "--system",
                        "--no-log-init",
                        "--no-create-home",
                        "--home-dir",
                        NO_HOME,
                        "--no-user-group",
                        "--gid",
                        group,
                        "--shell",
                        NO_SHELL,
                        "--comment",
                        comment,
                        "--uid",
                        uid.toString(),
                        user),
                limit);
    }

    /** Leaves files alone, and a group of the same name. */
    public CommandResult removeUser(String user) throws CommandException {
        return commands.run(tool("userdel", false, user), limit);
    }

    /** @param shared some other group may have the number as well */
    public CommandResult addGroup(String group, Gid gid, boolean shared) throws CommandException {
        return commands.run(tool("groupadd", shared, "--system", "--gid", gid.toString(), group), limit);
    }

    /** @param shared some other group has the number as well, which may be some user's primary one */
    public CommandResult removeGroup(String group, boolean shared) throws CommandException {
        return commands.run(shared ? tool("groupdel", false, "--force", group) : tool("groupdel", false, group), limit);
    }

    private Path inside(String directory) {
        return prefix.map(p -> p.resolve(directory.replaceFirst("^/+", ""))).orElse(Path.of(directory));
    }

    private List<String> tool(String name, boolean shared, String... arguments) {
        List<String> command = new ArrayList<>(List.of(name));
        prefix.ifPresent(p -> command.addAll(List.of("-P", p.toString())));
        if (shared) {
            command.add("-o");
        }
        command.addAll(List.of(arguments));
        return command;
    }
}
