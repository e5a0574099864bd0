package io.idagent.cli;

import io.idagent.agent.Session;
import io.idagent.agent.StatusDocument;
import io.idagent.agent.StatusMetrics;
import io.idagent.agent.Wiring;
import io.idagent.host.HostInspector.Depth;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Says how this host stands: ids, guests, files, and what is in the way. Changes nothing.",
        exitCodeListHeading = "%nExit codes, as monitoring plugins have them:%n",
        exitCodeList = {"0:ready for migration", "1:ready, but something is worth a look", "2:not ready", "3:not known"
        },
        footer = {"", "Works without root as far as it can, and says what it could not see."})
final class StatusCommand implements Callable<Integer> {

    @ParentCommand
    LibvirtIdAgent parent;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        parent.refuseOtherActions(spec);
        Environment environment = Environment.of(parent.common, spec);
        try (Wiring wiring = environment.wiring()) {
            Session.Look look = new Session(wiring, wiring.settings().accounts(), false).look(Depth.WITH_FILES);
            StatusDocument status = look.document();
            environment.answer().text(StatusText.of(status));
            environment.answer().document(status);
            environment.answer().metrics(() -> StatusMetrics.exposition(look.published()));
            boolean forgotten = look.grants()
                    .filter(grants -> grants.forgotten(Instant.now()))
                    .isPresent();
            return ExitCode.ofStatus(look.assessment(), forgotten);
        }
    }
}
