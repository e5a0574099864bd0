package io.idagent.cli;

import io.idagent.agent.Wiring;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Says what --convert-now would do, and does nothing. The same as --convert-now --dry-run.")
final class PlanCommand implements Callable<Integer> {

    static final String WHY_ROOT = "looks at all files and processes, and a part would be no plan";

    @ParentCommand
    LibvirtIdAgent parent;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        parent.refuseOtherActions(spec);
        parent.refuseMetrics(spec);
        Environment environment = Environment.of(parent.common, spec);
        if (!environment.isRoot()) {
            return environment.refuseWithoutRoot("plan", WHY_ROOT);
        }
        try (Wiring wiring = environment.wiring()) {
            return new DryRun(wiring, environment.answer(), parent.acceptUnstartable).convert();
        }
    }
}
