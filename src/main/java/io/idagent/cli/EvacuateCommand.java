package io.idagent.cli;

import io.idagent.agent.Wiring;
import io.idagent.conversion.ConversionLock;
import io.idagent.migration.HeldGuests;
import io.idagent.platform.ExclusiveLock;
import io.idagent.settings.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "evacuate",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Empties this host, although the numbers of qemu's account differ on the other one: opens images to both, moves"
                    + " guest after guest live, gives each image to the account there, and takes the access back.",
            "Ctrl-C calls off what is under way; every guest then runs on exactly one host, and nothing is left open."
                    + " After a crash, run it again."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all guests are where they were to go, and with --convert the host is converted",
            "1:unexpected failure",
            "2:usage or configuration",
            "5:nothing was done: not root, or the other side cannot be reached",
            "8:some guests stay, or something is left to be done by hand",
            "75:a conversion is running",
            "others:those of --convert-now, with --convert"
        })
final class EvacuateCommand implements Callable<Integer> {

    @ParentCommand
    LibvirtIdAgent parent;

    @ArgGroup(multiplicity = "1")
    Direction direction;

    static final class Direction {
        @Option(
                names = "--to",
                paramLabel = "URI",
                required = true,
                description = "libvirt on the host that guests move to: qemu+ssh://host/system.")
        String to;

        @Option(
                names = "--back-from",
                paramLabel = "URI",
                required = true,
                description = "Bring home from there the guests that this command has moved away.")
        String backFrom;
    }

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description = "So many guests at the same time. Default: ${DEFAULT-VALUE}.")
    int parallel;

    @Option(
            names = "--unsafe",
            description = "libvirt's flag of that name: the storage is shared, and libvirt does not know it as shared.")
    boolean unsafe;

    @Option(
            names = "--although-managed",
            description =
                    "Although a cluster manager (Pacemaker, OpenStack, oVirt) may start a guest again that it does not"
                            + " find: it will not, as it was told so.")
    boolean althoughManaged;

    HeldGuests.Despite despite() {
        return new HeldGuests.Despite(unsafe, althoughManaged);
    }

    @Option(
            names = "--allow-world-writable",
            description = "On file systems without access control lists open modes, for everybody.")
    boolean forEverybody;

    @ArgGroup(multiplicity = "0..1")
    Others others;

    static final class Others {
        @Option(
                names = "--suspend-others",
                required = true,
                description = "Save what cannot move (virsh managedsave): it goes on when it is started again.")
        boolean suspend;

        @Option(names = "--shutdown-others", required = true, description = "Shut down what cannot move.")
        boolean shutdown;
    }

    @Option(
            names = "--shutdown-wait",
            paramLabel = "DURATION",
            defaultValue = "2m",
            description = "How long guests get to shut down, all together. Default: ${DEFAULT-VALUE}.")
    String shutdownWait;

    @Option(names = "--convert", description = "Convert this host when it is empty.")
    boolean convert;

    @Option(names = "--dry-run", description = "Only say which guests can move, and why others cannot.")
    boolean dryRun;

    @Parameters(paramLabel = "DOMAIN", arity = "0..*", description = "Running guests. Default: all.")
    List<String> domains = new ArrayList<>();

    @Spec
    CommandSpec spec;

    @Option(
            names = "--time-limit",
            paramLabel = "DURATION",
            description =
                    "How long one guest may take to move, such as 30m; then it stays. Default: as long as it takes.")
    String timeLimit;

    Optional<Duration> timeLimit() {
        return Optional.ofNullable(timeLimit).map(DurationText::parse);
    }

    Duration shutdownPatience() {
        return DurationText.parse(shutdownWait);
    }

    @Override
    public Integer call() throws Exception {
        parent.refuseOtherActions(spec);
        parent.refuseMetrics(spec);
        boolean back = direction.backFrom != null;
        if (parent.common.root != null) {
            throw new ParameterException(spec.commandLine(), "evacuate is about running guests: no --root");
        }
        if (parallel < 1 || parallel > 64) {
            throw new ParameterException(spec.commandLine(), "--parallel takes a number from 1 to 64");
        }
        if (back && (convert || others != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--back-from does not go together with --convert, or with what is done to others");
        }
        try {
            shutdownPatience();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--shutdown-wait: " + e.getMessage());
        }
        try {
            timeLimit();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--time-limit: " + e.getMessage());
        }
        CheckMigrationCommand.requireUri(spec, back ? "--back-from" : "--to", back ? direction.backFrom : direction.to);
        Environment environment = Environment.of(parent.common, spec);
        if (!environment.isRoot()) {
            return environment.refuseWithoutRoot("evacuate", "moves guests and changes who may open images");
        }
        try (Wiring wiring = environment.wiring();
                ProgressLines progress = environment.progress();
                Evacuate evacuate = new Evacuate(this, wiring, environment.answer(), progress.out())) {
            int code;
            Optional<ExclusiveLock> lock = dryRun ? Optional.empty() : ConversionLock.take(wiring.lockFile());
            if (!dryRun && lock.isEmpty()) {
                environment.answer().line("Nothing was done: a conversion is running; try again later");
                return ExitCode.ANOTHER_IS_RUNNING;
            }
            try {
                code = back ? evacuate.home(direction.backFrom) : evacuate.away(direction.to);
            } finally {
                if (lock.isPresent()) {
                    lock.get().close();
                }
            }
            if (evacuate.converts(code)) {
                code = new ConvertNow(wiring, evacuate.answerOfConversion(), progress, Duration.ZERO, false).convert();
            }
            return evacuate.ended(code);
        }
    }
}
