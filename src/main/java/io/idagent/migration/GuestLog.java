package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.platform.CommandException;
import io.idagent.platform.CommandResult;
import io.idagent.platform.Commands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a guest's qemu writes into its log ({@code /var/log/libvirt/qemu/NAME.log}) on either side, here read by a shell and
 * there by ssh and a shell. Much of what goes wrong with a disk is said there and nowhere else.
 */
public final class GuestLog {

    /**
     * Arguments: "mark" and the guest; or "since", the guest, inode and size of the mark, and how many lines about reads to
     * wait for: virtlogd writes what qemu says a moment later. When it begins a new file the old one is called NAME.log.0.
     */
    private static final String SCRIPT = """
            export LC_ALL=C
            log=/var/log/libvirt/qemu/$2.log
            inode() { stat -c %i -- "$1" 2>/dev/null; }
            if [ "$1" = mark ]; then
                stat -c '%i %s' -- "$log" 2>/dev/null || echo 0 0
                echo end
                exit
            fi
            news() {
                size=$4
                if [ "$(inode "$log.0")" = "$3" ]; then
                    tail -c +$((size + 1)) -- "$log.0"
                    size=0
                elif [ "$(inode "$log")" != "$3" ] || [ "$(stat -c %s -- "$log")" -lt "$size" ]; then
                    size=0
                fi
                [ ! -e "$log" ] || tail -c +$((size + 1)) -- "$log"
            }
            looks=0
            until [ "$(news "$@" | grep -c '^read ')" -ge "$5" ] || [ $looks -ge 50 ]; do
                looks=$((looks + 1))
                sleep 0.1
            done
            news "$@" | tail -c 65536
            printf '\\nend\\n'
            """;

    private final Commands commands;
    private final Duration limit;
    private final String localUri;

    /** @param localUri of the libvirt whose logs lie on this host */
    public GuestLog(Commands commands, Duration limit, String localUri) {
        this.commands = commands;
        this.limit = limit;
        this.localUri = localUri;
    }

    /** How far a log has got. */
    record Mark(String inode, String size) {}

    Fact<Mark> mark(String uri, String guest) {
        Fact<String> answer = run(uri, List.of("mark", guest));
        return answer.map(text -> text.split("\\s+")).map(words -> new Mark(words[0], words[1]));
    }

    /** The last lines since then, 64 KiB at most; waits some seconds for as many that tell of a read. */
    Fact<List<String>> since(String uri, String guest, Mark mark, int reads) {
        Fact<String> answer = run(uri, List.of("since", guest, mark.inode(), mark.size(), Integer.toString(reads)));
        return answer.map(text -> List.of(text.split("\n")));
    }

    private Fact<String> run(String uri, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", SCRIPT, "log"));
        words.addAll(arguments);
        Optional<String> there = uri.equals(localUri) ? Optional.empty() : Optional.of(uri);
        Optional<List<String>> argv = SideShell.argv(there, words);
        if (argv.isEmpty()) {
            return Fact.unknown("its log can be read over ssh only, and " + uri + " is another way");
        }
        try {
            CommandResult result = commands.run(argv.get(), limit);
            return result.out().endsWith("\nend\n")
                    ? Fact.known(result.out().substring(0, result.out().length() - "\nend\n".length()))
                    : Fact.unknown("its log could not be read: "
                            + (result.err().isBlank()
                                    ? "exit " + result.exitCode()
                                    : result.err().strip().replaceAll("\\s*\n\\s*", "; ")));
        } catch (CommandException e) {
            return Fact.unknown(
                    "reading its log did not end within " + limit.toSeconds() + " s, or could not be started");
        }
    }
}
