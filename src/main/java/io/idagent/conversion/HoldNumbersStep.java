package io.idagent.conversion;

import io.idagent.platform.CommandException;
import io.idagent.platform.CommandResult;
import io.idagent.platform.Commands;
import io.idagent.platform.PasswdLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Keeps everybody from being given the freed numbers while files still carry them, and makes caches forget who had
 * them.
 */
final class HoldNumbersStep implements StepAction {

    /** Rules of udev name owners; it has their numbers from when it read the rules, and gives devices to them at each event. */
    private static final List<String> UDEV = List.of("udevadm", "control", "--reload");

    private static final Path UDEV_IS_UP = Path.of("/run/udev/control");

    /** Programs that remember names and numbers, and how each is told to forget. */
    private static final List<List<String>> CACHES = List.of(
            List.of("nscd", "-i", "passwd"),
            List.of("nscd", "-i", "group"),
            List.of("sss_cache", "-U", "-G"),
            List.of("nfsidmap", "-c"));

    private final Commands commands;
    private final Duration commandLimit;
    private final Duration lockLimit;

    HoldNumbersStep(Commands commands, Duration commandLimit, Duration lockLimit) {
        this.commands = commands;
        this.commandLimit = commandLimit;
        this.lockLimit = lockLimit;
    }

    @Override
    public String run(Undertaking work) throws StepException, IOException, CommandException {
        if (!work.holdsNumbers()) {
            work.holdNumbers(PasswdLock.take(PasswdLock.FILE, lockLimit)
                    .orElseThrow(() -> new StepException(
                            "another program held " + PasswdLock.FILE + " for " + lockLimit.toSeconds() + " s")));
        }
        for (List<String> cache : CACHES) {
            forget(cache, work);
        }
        if (Files.exists(UDEV_IS_UP)) {
            forget(UDEV, work);
        }
        return "";
    }

    private void forget(List<String> command, Undertaking work) throws CommandException {
        if (commands.find(command.get(0)).isEmpty()) {
            return;
        }
        CommandResult result = commands.run(command, commandLimit);
        if (result.exitCode() != 0) {
            work.note("A cache may still know the old numbers: " + result.describe());
        }
    }

    @Override
    public void undo(Undertaking work) throws IOException {
        work.releaseNumbers();
    }
}
