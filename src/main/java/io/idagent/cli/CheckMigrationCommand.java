package io.idagent.cli;

import io.idagent.agent.Session;
import io.idagent.agent.StatusDocument;
import io.idagent.agent.Wiring;
import io.idagent.host.FormerIds;
import io.idagent.host.HostInspector.Depth;
import io.idagent.migration.MigrationChecks;
import io.idagent.migration.MigrationFacts;
import io.idagent.migration.MigrationFinding;
import io.idagent.migration.MigrationInspector.NoSuchGuestException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "check-migration",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description =
                "Says what would break a live migration of the guests of this host, why it matters, and what mends"
                        + " it. Changes nothing.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing to object",
            "1:unexpected failure, such as libvirt here not answering",
            "2:usage or configuration",
            "8:something to object, or something that could not be looked at"
        })
final class CheckMigrationCommand implements Callable<Integer> {

    @ParentCommand
    LibvirtIdAgent parent;

    @Option(
            names = "--to",
            paramLabel = "URI",
            description = "libvirt on the host that guests are to move to, such as qemu+ssh://host/system; it is looked"
                    + " at as well, its files over ssh.")
    String to;

    @Parameters(paramLabel = "DOMAIN", arity = "0..*", description = "Guests to look at. Default: all.")
    List<String> domains = new ArrayList<>();

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        parent.refuseOtherActions(spec);
        parent.refuseMetrics(spec);
        if (parent.common.root != null) {
            throw new ParameterException(spec.commandLine(), "check-migration looks at running libvirts: no --root");
        }
        requireUri(spec, "--to", to);
        Environment environment = Environment.of(parent.common, spec);
        if (!environment.isRoot()) {
            return environment.refuseWithoutRoot("check-migration", "reads images and libvirt's configuration");
        }
        try (Wiring wiring = environment.wiring()) {
            FormerIds former = new Session(wiring, wiring.settings().accounts(), false)
                    .look(Depth.WITHOUT_FILES)
                    .assessment()
                    .host()
                    .former()
                    .orElse(FormerIds.NONE);
            MigrationFacts facts = wiring.migration().inspector(former).inspect(Optional.ofNullable(to), domains);
            List<MigrationFinding> findings = MigrationChecks.of(facts);
            int code = findings.isEmpty() ? ExitCode.DONE : ExitCode.FINDINGS;
            MigrationDocument document = MigrationDocument.of(StatusDocument.FORMAT, code, facts, findings);
            environment.answer().text(MigrationText.of(document));
            environment.answer().document(document);
            return code;
        } catch (NoSuchGuestException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /** What is no address for libvirt's client is found out before anything is looked at. */
    static void requireUri(CommandSpec spec, String option, String uri) {
        try {
            if (uri != null && !new URI(uri).isAbsolute()) {
                throw new ParameterException(
                        spec.commandLine(), option + " " + uri + " is no URI such as qemu+ssh://host/system");
            }
        } catch (URISyntaxException e) {
            throw new ParameterException(
                    spec.commandLine(), option + " " + uri + " is no URI such as qemu+ssh://host/system");
        }
    }
}
