package io.idagent.cli;

import io.idagent.agent.Wiring;
import io.idagent.settings.DurationText;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
        name = "libvirt-id-agent",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = {
            StatusCommand.class,
            PlanCommand.class,
            CheckMigrationCommand.class,
            ShareCommand.class,
            EvacuateCommand.class,
            ScanCommand.class,
            BaseLabelCommand.class
        },
        description = {
            "Gives the account that qemu runs as (libvirt-qemu) the same numeric uid and gid on every KVM host,"
                    + " 64055:64055, so that guests can be live-migrated over shared storage.",
            "A running guest is never touched: while one runs, nothing is changed."
        },
        exitCodeListHeading = "%nExit codes of --convert-now, plan and --rollback:%n",
        exitCodeList = {
            "0:done, or nothing to do",
            "1:unexpected failure",
            "2:usage or configuration",
            "3:blocked by guests",
            "4:blocked: a target id is taken",
            "5:blocked otherwise",
            "6:failed, and rolled back",
            "7:converted, leftovers or problems remain",
            "75:another conversion is running"
        },
        footer = {"", "Configuration: /etc/libvirt-id-agent/application.properties"})
final class LibvirtIdAgent implements Callable<Integer> {

    @ArgGroup(multiplicity = "0..1")
    Action action;

    static final class Action {
        @Option(
                names = "--convert-now",
                required = true,
                description = "Convert this host now: change the ids, re-own files, restart libvirt, prove the result."
                        + " Also finishes a conversion that was cut off.")
        boolean convertNow;

        @Option(
                names = "--recover",
                required = true,
                description = "Finish a conversion that was cut off, and do nothing else (the boot service does).")
        boolean recover;

        @Option(
                names = "--rollback",
                required = true,
                description = "Take the last conversion back: the former ids and every former owner.")
        boolean rollback;

        String name() {
            return convertNow ? "--convert-now" : recover ? "--recover" : "--rollback";
        }
    }

    @Option(
            names = "--requested",
            hidden = true,
            description = "The daemon asked for it: go by its rules, and look whether it is due.")
    boolean requested;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    boolean dryRun;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            description = "Wait that long for guests to go, then convert: 90s, 30m, 2h.")
    String wait;

    @Option(names = "--accept-unstartable", description = "Convert even if some guests would not start afterwards.")
    boolean acceptUnstartable;

    @CommandLine.Mixin
    CommonOptions common = new CommonOptions();

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (action == null) {
            throw new ParameterException(
                    spec.commandLine(), "what is to be done? status, plan, --convert-now or --rollback");
        }
        if (wait != null && (dryRun || action.rollback)) {
            throw new ParameterException(spec.commandLine(), "--wait goes with --convert-now that converts, alone");
        }
        refuseMetrics(spec);
        Duration patience = patience();
        Environment environment = Environment.of(common, spec);
        if (!environment.isRoot()) {
            return environment.refuseWithoutRoot(
                    action.name() + (dryRun ? " --dry-run" : ""),
                    dryRun ? PlanCommand.WHY_ROOT : "changes account files and owners");
        }
        try (Wiring wiring = environment.wiring();
                ProgressLines progress = environment.progress()) {
            if (dryRun) {
                DryRun dry = new DryRun(wiring, environment.answer(), acceptUnstartable);
                return action.rollback ? dry.rollBack() : dry.convert();
            }
            if (requested) {
                return new Requested(wiring, environment.answer(), progress).run();
            }
            ConvertNow now = new ConvertNow(wiring, environment.answer(), progress, patience, acceptUnstartable);
            return action.rollback ? now.rollBack() : action.recover ? now.recover() : now.convert();
        }
    }

    void refuseOtherActions(CommandSpec subcommand) {
        if (action != null || dryRun || wait != null) {
            throw new ParameterException(
                    subcommand.commandLine(),
                    subcommand.name() + " does not go together with --convert-now, --rollback, --dry-run or --wait");
        }
    }

    void refuseMetrics(CommandSpec command) {
        if (common.output == Output.prometheus) {
            throw new ParameterException(command.commandLine(), "--output prometheus goes with status only");
        }
    }

    private Duration patience() {
        try {
            return wait == null ? Duration.ZERO : DurationText.parse(wait);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--wait: " + e.getMessage());
        }
    }
}
