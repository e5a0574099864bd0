package io.idagent.cli;

import io.idagent.platform.Printable;
import io.idagent.settings.ConfigurationException;
import io.idagent.settings.SettingsReader;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Runs one command and says in one line what went wrong, if something did. */
public final class CommandLineProgram {

    private CommandLineProgram() {}

    /** Where a command starts, and needs nothing of what the daemon's HTTP server is made of. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** @return the exit code */
    public static int run(String... arguments) {
        return new CommandLine(new LibvirtIdAgent())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((problem, args) -> {
                    PrintWriter err = problem.getCommandLine().getErr();
                    err.println("libvirt-id-agent: " + Printable.lines(problem.getMessage()));
                    CommandLine.UnmatchedArgumentException.printSuggestions(problem, err);
                    err.println("Try: libvirt-id-agent --help");
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((problem, commandLine, result) -> {
                    if (problem instanceof ConfigurationException) {
                        commandLine
                                .getErr()
                                .println("libvirt-id-agent: configuration: " + Printable.lines(problem.getMessage()));
                        return ExitCode.USAGE;
                    }
                    commandLine.getErr().println("libvirt-id-agent: " + Printable.lines(sentence(problem)));
                    return ExitCode.UNEXPECTED;
                })
                .execute(arguments);
    }

    /**
     * What the daemon does before it loads anything heavy.
     *
     * @return 0, or the exit code; then it has been said what is wrong
     */
    public static int checkConfiguration() {
        try {
            SettingsReader.read(SettingsReader.FILE, Environment.effectiveUid() == 0);
            return ExitCode.DONE;
        } catch (ConfigurationException e) {
            System.err.println("libvirt-id-agent: configuration: " + e.getMessage());
            return ExitCode.USAGE;
        } catch (IOException e) {
            System.err.println("libvirt-id-agent: " + sentence(e));
            return ExitCode.UNEXPECTED;
        }
    }

    /** A checked exception brings its own sentence; anything else is a defect, and where it happened helps. */
    private static String sentence(Exception problem) {
        if (problem instanceof RuntimeException || problem.getMessage() == null) {
            StackTraceElement[] trace = problem.getStackTrace();
            return "unexpected: " + problem + (trace.length > 0 ? " at " + trace[0] : "");
        }
        return problem.getMessage();
    }
}
