package io.idagent.cli;

import io.idagent.agent.Wiring;
import io.idagent.settings.ConfigurationException;
import io.idagent.settings.Settings;
import io.idagent.settings.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** As whom, with which settings, on which system, and for whose eyes a command runs. */
final class Environment {

    private final Settings settings;
    private final Optional<Path> root;
    private final boolean asRoot;
    private final CommonOptions options;
    private final CommandSpec spec;

    private Environment(
            Settings settings, Optional<Path> root, boolean asRoot, CommonOptions options, CommandSpec spec) {
        this.settings = settings;
        this.root = root;
        this.asRoot = asRoot;
        this.options = options;
        this.spec = spec;
    }

    static Environment of(CommonOptions options, CommandSpec spec) throws ConfigurationException, IOException {
        boolean asRoot = effectiveUid() == 0;
        options.settings.forEach(System::setProperty);
        Settings settings = SettingsReader.read(SettingsReader.FILE, asRoot);
        Optional<Path> root =
                Optional.ofNullable(options.root).map(Path::toAbsolutePath).map(Path::normalize);
        if (root.isPresent()) {
            Optional<String> objection = OfflineRoot.objection(root.get(), settings, asRoot);
            if (objection.isPresent()) {
                throw new ParameterException(spec.commandLine(), "--root: " + objection.get());
            }
        }
        return new Environment(settings, root, asRoot, options, spec);
    }

    /** Of /proc, for which no native library is loaded before the first word is said. */
    static int effectiveUid() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    boolean isRoot() {
        return asRoot;
    }

    /** @param why what takes root, to follow the name of the command */
    int refuseWithoutRoot(String what, String why) {
        String sentence = what + " " + why + ": only root can. Run: sudo libvirt-id-agent " + what;
        spec.commandLine().getErr().println("libvirt-id-agent: " + sentence);
        return ExitCode.BLOCKED;
    }

    Wiring wiring() throws IOException {
        return new Wiring(settings, root, asRoot);
    }

    Answer answer() {
        return new Answer(spec.commandLine().getOut(), options.output);
    }

    /** With JSON progress goes to standard error. */
    ProgressLines progress() {
        boolean text = options.output == Output.text;
        boolean terminal = System.console() != null;
        return new ProgressLines(
                text ? spec.commandLine().getOut() : spec.commandLine().getErr(), terminal);
    }
}
