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

    /** @param runsAs the numbers under which libvirt starts qemu there. @param uri of libvirt; empty: this host */
    Fact<HostLook> look(Optional<String> uri, Owner runsAs, List<String> paths) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", HostLookScript.TEXT, "look"));
        words.add(accounts.stream()
                .map(account -> account.user() + ":" + account.group())
                .collect(Collectors.joining(" ")));
        words.addAll(List.of(
                accounts.get(0).user(), runsAs.uid().toString(), runsAs.gid().toString()));
        List<String> namable = paths.stream().filter(HostLookReader::canBeNamed).toList();
        words.addAll(namable);
        if (words.stream().mapToInt(word -> word.length() + 3).sum() > MOST_BYTES) {
            return Fact.unknown(
                    "the guests have so many images that they cannot be asked for at once; name some guests");
        }
        try {
            List<String> argv = words;
            if (uri.isPresent()) {
                Optional<List<String>> ssh = ssh(URI.create(uri.get()));
                if (ssh.isEmpty()) {
                    return Fact.unknown(
                            "its files can be looked at over ssh only, and " + uri.get() + " is another way");
                }
                argv = new ArrayList<>(ssh.get());
                argv.add(words.stream().map(HostLookReader::quoted).collect(Collectors.joining(" ")));
            }
            CommandResult result = commands.run(argv, limit);
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

    /**
     * How libvirt's client would call ssh for this address ("Connection URIs"), but that ssh fails instead of asking for a
     * password.
     */
    static Optional<List<String>> ssh(URI uri) {
        if (uri.getScheme() == null || !uri.getScheme().endsWith("+ssh") || uri.getHost() == null) {
            return Optional.empty();
        }
        List<String> argv = new ArrayList<>(List.of("ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"));
        if (uri.getPort() > 0) {
            argv.addAll(List.of("-p", Integer.toString(uri.getPort())));
        }
        if (uri.getQuery() != null) {
            for (String part : uri.getQuery().split("&")) {
                if (part.startsWith("keyfile=")) {
                    argv.addAll(List.of("-i", part.substring("keyfile=".length())));
                }
            }
        }
        if (uri.getUserInfo() != null) {
            argv.addAll(List.of("-l", uri.getUserInfo()));
        }
        argv.addAll(List.of("--", uri.getHost().replaceAll("[\\[\\]]", "")));
        return Optional.of(argv);
    }

    static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
