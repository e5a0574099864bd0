package io.idagent.settings;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A command that knows of taken ids that no name service shows, such as a directory that hands out numbers centrally.
 *
 * @param command program and arguments; {@code {uid}} and {@code {gid}} stand for the number asked about. No shell reads it
 * @param taken a line of its output in which this is found means: the number is taken
 */
public record ExtraCheckCommand(List<String> command, Pattern taken) {

    public ExtraCheckCommand {
        command = List.copyOf(command);
    }
}
