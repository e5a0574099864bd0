package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starts real programs. */
class CommandsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Commands commands = new Commands();

    private CommandResult shell(String script) throws CommandException {
        return commands.run(List.of("sh", "-c", script), LONG);
    }

    @Test
    void bothOutputsAndTheExitCodeAreKeptApart() throws CommandException {
        CommandResult result = shell("echo out; echo err >&2; exit 8");
        assertEquals("out\n", result.out());
        assertEquals("err\n", result.err());
        assertEquals(8, result.exitCode());
        assertFalse(result.succeeded());
    }

    @Test
    void nothingOfOurEnvironmentIsInherited() throws CommandException {
        String path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        assertEquals(
                "LC_ALL=C\nPATH=" + path + "\n",
                commands.run(List.of("env"), LONG).out().lines().sorted().reduce("", (a, b) -> a + b + "\n"));
    }

    @Test
    void argumentsAreHandedOverAsTheyAre() throws CommandException {
        assertEquals(
                "a b|\"|'|$HOME|*||\\|",
                commands.run(List.of("printf", "%s|", "a b", "\"", "'", "$HOME", "*", "", "\\"), LONG)
                        .out());
    }

    @Test
    void standardInputIsEmpty() throws CommandException {
        assertEquals("", commands.run(List.of("cat"), LONG).out());
    }

    @Test
    void aMissingProgramIsNamed() {
        CommandException error =
                assertThrows(CommandException.class, () -> commands.run(List.of("no-such-program", "-x"), LONG));
        assertTrue(error.getMessage().startsWith("no-such-program is not installed"), error.getMessage());
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aProgramThatTakesTooLongIsStoppedWithItsChildrenThoughItIgnoresTheSignal() {
        long start = System.nanoTime();
        CommandException error = assertThrows(
                CommandException.class,
                () -> commands.run(
                        List.of("sh", "-c", "trap '' TERM; sleep 4711 & while :; do sleep 0.1; done"),
                        Duration.ofMillis(300)));
        assertTrue(error.getMessage().endsWith("did not end within 0.3 s and was stopped."), error.getMessage());
        assertTrue(System.nanoTime() - start < 15_000_000_000L, "the program was waited for");
        assertFalse(
                ProcessHandle.allProcesses()
                        .anyMatch(process ->
                                process.info().commandLine().orElse("").endsWith("sleep 4711")),
                "a child is still running");
    }

    @Test
    void endlessOutputIsReadAndDropped() throws CommandException {
        CommandResult result = shell("head -c 5000000 /dev/zero");
        assertEquals(Commands.OUTPUT_LIMIT, result.out().length());
        assertEquals(0, result.exitCode());
    }

    @Test
    void aProgramLeftInTheBackgroundIsNotWaitedFor() throws CommandException {
        long start = System.nanoTime();
        assertEquals("done\n", shell("sleep 20 & echo done").out());
        assertTrue(System.nanoTime() - start < 10_000_000_000L, "the background was waited for");
    }

    @Test
    void theDescriptionIsASentencePart() {
        assertEquals(
                "usermod -u 64055 libvirt-qemu: exit 8: user libvirt-qemu is currently used by process 196",
                new CommandResult(
                                List.of("usermod", "-u", "64055", "libvirt-qemu"),
                                8,
                                "",
                                "usermod: user libvirt-qemu is currently used by process 196\n")
                        .describe());
        assertEquals("true: exit 0", new CommandResult(List.of("true"), 0, "", "").describe());
    }
}
