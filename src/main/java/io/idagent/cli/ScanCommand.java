package io.idagent.cli;

import io.idagent.agent.Scan;
import io.idagent.agent.ScanReport;
import io.idagent.agent.Wiring;
import io.idagent.host.Fact;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "scan",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Searches the roots and leaves what it finds for the daemon (the scan service does).")
final class ScanCommand implements Callable<Integer> {

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
            return environment.refuseWithoutRoot("scan", "looks at all files");
        }
        try (Wiring wiring = environment.wiring()) {
            ScanReport report = new Scan(wiring).run();
            environment
                    .answer()
                    .line(Fact.valueOf(report.host().files())
                            .map(files -> files.entries() + " files looked at, " + files.toChange() + " to change")
                            .orElse("files were not looked at: "
                                    + report.host().files().whyUnknown().orElse("")));
            environment.answer().document(report);
            return report.host().knowsNames() ? ExitCode.DONE : ExitCode.BLOCKED;
        }
    }
}
