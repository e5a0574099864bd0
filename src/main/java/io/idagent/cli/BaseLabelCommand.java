package io.idagent.cli;

import io.idagent.agent.Wiring;
import io.idagent.platform.LabelFromChild;
import io.idagent.platform.LibvirtUnavailableException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Asks libvirt in the daemon's stead, and ends. */
@Command(
        name = LabelFromChild.COMMAND,
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "Says as which uid and gid libvirt would start a guest (the daemon asks).")
final class BaseLabelCommand implements Callable<Integer> {

    @ParentCommand
    LibvirtIdAgent parent;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Environment environment = Environment.of(parent.common, spec);
        try (Wiring wiring = environment.wiring()) {
            spec.commandLine()
                    .getOut()
                    .println(LabelFromChild.text(wiring.libvirt().askBaseLabel()));
            return ExitCode.DONE;
        } catch (LibvirtUnavailableException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.UNEXPECTED;
        }
    }
}
