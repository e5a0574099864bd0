package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.platform.CommandException;
import io.idagent.platform.CommandResult;
import io.idagent.platform.Commands;
import io.idagent.platform.Owner;
import io.idagent.settings.Account;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Has the shell of either side look at what libvirt does not tell. */
final class HostLookReader {

    /** What one argument may hold (MAX_ARG_STRLEN), with room to spare; the other side gets all as a single one. */
    private static final int MOST_BYTES = 100_000;

    private final Commands commands;
    private final Duration limit;
    private final List<Account> accounts;

    HostLookReader(Commands commands, Duration limit, List<Account> accounts) {
        this.commands = commands;
        this.limit = limit;
        this.accounts = accounts;
    }

    /**
     * @param uri of libvirt; empty: this host
     * @param runsAs the numbers under which libvirt starts qemu there
     * @param peer the name of the other side's host, if its address there matters
     */
    Fact<HostLook> look(Optional<String> uri, Owner runsAs, Optional<String> peer, List<String> paths) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", HostLookScript.TEXT, "look"));
        words.add(accounts.stream()
                .map(account -> account.user() + ":" + account.group())
                .collect(Collectors.joining(" ")));
        words.addAll(List.of(
                accounts.get(0).user(), runsAs.uid().toString(), runsAs.gid().toString(), peer.orElse("")));
        List<String> namable = paths.stream().filter(HostLookReader::canBeNamed).toList();
        words.addAll(namable);
        if (words.stream().mapToInt(word -> word.length() + 3).sum() > MOST_BYTES) {
            return Fact.unknown(
                    "the guests have so many images that they cannot be asked for at once; name some guests");
        }
        try {
            Optional<List<String>> argv = SideShell.argv(uri, words);
            if (argv.isEmpty()) {
                return Fact.unknown(
                        "its files can be looked at over ssh only, and " + uri.orElse("") + " is another way");
            }
            CommandResult result = commands.run(argv.get(), limit);
            if (!result.out().contains("\ntried\n")) {
                String said = result.err().isBlank()
                        ? "exit " + result.exitCode()
                        : result.err().strip();
                return Fact.unknown(
                        (uri.isPresent() ? "ssh to " + URI.create(uri.get()).getHost() + ": " : "")
                                + said.replaceAll("\\s*\n\\s*", "; "));
            }
            return Fact.known(new HostLookAnswer(result.out(), namable).look());
        } catch (CommandException e) {
            return Fact.unknown(uri.map(there -> "ssh to " + URI.create(there).getHost() + " did not end within "
                            + limit.toSeconds() + " s, or could not be started")
                    .orElse("looking at files did not end within " + limit.toSeconds() + " s"));
        }
    }

    /** The answer has a line for each; and nobody calls an image so but to confuse. */
    static boolean canBeNamed(String path) {
        return path.chars().noneMatch(Character::isISOControl);
    }
}
