package io.idagent.host;

import io.idagent.platform.CommandException;
import io.idagent.platform.CommandResult;
import io.idagent.platform.Commands;
import io.idagent.platform.NameServiceException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An administrator's own question whether a number is taken: in a directory that this host does not use for names yet.
 *
 * <p>The command runs without a shell. A line of its standard output in which the pattern is found means "taken"; any
 * exit code but 0 means that it could not answer.
 */
public final class ExtraCheck {

    private final Commands commands;
    private final List<String> argv;
    private final String placeholder;
    private final Pattern match;
    private final Duration limit;

    /** @param placeholder what stands for the number in the arguments: {@code {uid}} or {@code {gid}} */
    public ExtraCheck(Commands commands, List<String> argv, String placeholder, Pattern match, Duration limit) {
        this.commands = commands;
        this.argv = List.copyOf(argv);
        this.placeholder = placeholder;
        this.match = match;
        this.limit = limit;
    }

    /**
     * @return the line that says who has the number
     * @throws NameServiceException if the command cannot be run, takes too long, or fails
     */
    public Optional<String> holderOf(String number) throws NameServiceException {
        List<String> asked =
                argv.stream().map(word -> word.replace(placeholder, number)).toList();
        CommandResult result;
        try {
            result = commands.run(asked, limit);
        } catch (CommandException e) {
            throw new NameServiceException("The extra check for taken numbers failed: " + e.getMessage(), e);
        }
        if (!result.succeeded()) {
            throw new NameServiceException("The extra check for taken numbers failed: " + result.describe() + ".");
        }
        return result.out()
                .lines()
                .filter(line -> match.matcher(line).find())
                .map(String::strip)
                .findFirst();
    }
}
