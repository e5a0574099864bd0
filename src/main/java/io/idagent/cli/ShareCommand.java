package io.idagent.cli;

import io.idagent.agent.GrantsDocument;
import io.idagent.agent.MigrationWiring;
import io.idagent.agent.StatusDocument;
import io.idagent.agent.Wiring;
import io.idagent.conversion.ConversionLock;
import io.idagent.migration.Grant;
import io.idagent.migration.MigrationInspector.NoSuchGuestException;
import io.idagent.migration.Sharing;
import io.idagent.ownership.AccessGrant;
import io.idagent.platform.DacLabel;
import io.idagent.platform.ExclusiveLock;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "share",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Gives other hosts' numbers access to the images of running guests for as long as a migration"
                + " takes, and takes exactly that back.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or nothing to do",
            "1:unexpected failure",
            "2:usage or configuration",
            "5:not possible; where access could not be given, none is given",
            "75:a conversion is running"
        })
final class ShareCommand implements Callable<Integer> {

    @ParentCommand
    LibvirtIdAgent parent;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "what about it? share grant, share revoke or share list");
    }

    @Command(
            name = "grant",
            mixinStandardHelpOptions = true,
            description = "Lets these uids read and write the images of running guests, and read the images below"
                    + " those. Name both the uid that qemu has here and the one it has on the other side: whichever"
                    + " libvirt gives the image to meanwhile, the other one needs its entry.")
    int grant(
            @Option(
                            names = "--uid",
                            paramLabel = "UID",
                            required = true,
                            description = "Who is to have access; may be given several times.")
                    List<Long> uids,
            @Option(
                            names = "--allow-world-writable",
                            description = "On file systems without access control lists open the mode, for everybody.")
                    boolean forEverybody,
            @Parameters(paramLabel = "DOMAIN", arity = "0..*", description = "Running guests. Default: all.")
                    List<String> domains)
            throws Exception {
        Set<Uid> numbers = numbers(uids);
        return with("share grant", (wiring, answer) -> {
            List<LibvirtGuest> guests = wiring.migration().runningGuests(domains == null ? List.of() : domains);
            Optional<String> stranger = wiring.migration().strangers().among(numbersToAsk(wiring, guests, numbers));
            if (stranger.isPresent()) {
                return tell(answer, new Sharing.Outcome(List.of(), List.of(), List.of(stranger.get())), "open");
            }
            Sharing.Outcome outcome =
                    wiring.migration().sharing().grant(guests, List.of(), guest -> numbers, forEverybody, false);
            return tell(answer, outcome, "open to " + numbers + " now");
        });
    }

    /** Under which guests run here already is whom their images belong to, whatever it is called. */
    private static Set<Uid> numbersToAsk(Wiring wiring, List<LibvirtGuest> guests, Set<Uid> numbers) throws Exception {
        Set<Uid> asked = AccessGrant.inOrder(numbers);
        MigrationWiring migration = wiring.migration();
        asked.remove(
                migration.runsAs(migration.side(wiring.settings().libvirtUri())).uid());
        guests.forEach(guest -> guest.now().label().flatMap(DacLabel::uid).ifPresent(asked::remove));
        return asked;
    }

    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Takes back what was given: these entries and no others, also of guests that have left.")
    int revoke(
            @Parameters(paramLabel = "DOMAIN", arity = "0..*", description = "For whose images. Default: all.")
                    List<String> domains)
            throws Exception {
        return with("share revoke", (wiring, answer) -> {
            Sharing.Outcome outcome = wiring.migration()
                    .sharing()
                    .revoke(
                            domains == null ? List.of() : domains,
                            wiring.migration().homesSeenFromHere());
            return tell(answer, outcome, "as before");
        });
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Says what was given and not taken back.")
    int list() throws Exception {
        return with("share list", (wiring, answer) -> {
            Sharing.Outcome outcome =
                    new Sharing.Outcome(wiring.migration().sharing().out(), List.of(), List.of());
            return tell(answer, outcome, "open");
        });
    }

    private interface Action {
        int of(Wiring wiring, Answer answer) throws Exception;
    }

    private int with(String name, Action action) throws Exception {
        parent.refuseOtherActions(spec);
        parent.refuseMetrics(spec);
        if (parent.common.root != null) {
            throw new ParameterException(spec.commandLine(), "share is about running guests: no --root");
        }
        Environment environment = Environment.of(parent.common, spec);
        if (!environment.isRoot()) {
            return environment.refuseWithoutRoot(name, "is about who may open images");
        }
        try (Wiring wiring = environment.wiring()) {
            Optional<ExclusiveLock> lock = ConversionLock.take(wiring.lockFile());
            if (lock.isEmpty()) {
                environment.answer().line("Nothing was done: a conversion is running; try again later");
                return ExitCode.ANOTHER_IS_RUNNING;
            }
            try (ExclusiveLock held = lock.get()) {
                int code = action.of(wiring, environment.answer());
                leaveWord(wiring);
                return code;
            }
        } catch (NoSuchGuestException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private static void leaveWord(Wiring wiring) throws IOException {
        Optional<GrantsDocument> out = wiring.grantsOut();
        if (out.isPresent()) {
            wiring.runFiles().writeGrants(out.get());
        }
    }

    private Set<Uid> numbers(List<Long> uids) {
        Set<Uid> numbers = new TreeSet<>(Comparator.comparingLong(Uid::value));
        for (Long uid : uids) {
            if (uid <= 0 || uid >= Uid.LAST) {
                throw new ParameterException(
                        new CommandLine(this), "--uid " + uid + " is no number that a guest could have");
            }
            numbers.add(new Uid(uid));
        }
        return numbers;
    }

    private static int tell(Answer answer, Sharing.Outcome outcome, String state) {
        int code = outcome.problems().isEmpty() ? ExitCode.DONE : ExitCode.BLOCKED;
        for (Grant grant : outcome.grants()) {
            String uids = grant.access().uids().stream().map(Uid::toString).collect(Collectors.joining(", "));
            answer.line("  %s  %s  (to uid %s, for %s, since %s)"
                    .formatted(
                            grant.access().path(),
                            state,
                            uids,
                            String.join(", ", grant.domains()),
                            grant.at().truncatedTo(ChronoUnit.SECONDS)));
        }
        outcome.notes().forEach(note -> answer.line("  " + note));
        outcome.problems().forEach(problem -> answer.line("  problem: " + problem));
        String sentence =
                outcome.grants().size() == 1 ? "1 image" : outcome.grants().size() + " images";
        answer.line(sentence + (outcome.problems().isEmpty() ? "" : ", and something could not be done"));
        List<SharingDocument.Shared> shared = new ArrayList<>();
        outcome.grants()
                .forEach(grant -> shared.add(new SharingDocument.Shared(
                        grant.access().path(),
                        List.copyOf(grant.access().uids()),
                        grant.access().form().name(),
                        grant.at(),
                        grant.domains())));
        answer.document(new SharingDocument(
                StatusDocument.FORMAT, code, sentence, shared, outcome.notes(), outcome.problems()));
        return code;
    }
}
