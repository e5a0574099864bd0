package io.idagent.platform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * The credentials of one process, from /proc/PID/status ({@code proc_pid_status(5)}).
 *
 * @param name at most 15 bytes, chosen by the process itself: for people, not for decisions
 * @param state the letter of the state: R, S, D, Z ...
 * @param effectiveUid the uid it acts with
 * @param uids real, effective, saved, file system
 * @param gids real, effective, saved, file system, and all supplementary groups
 * @param hasMemory false for kernel threads, and for processes that have ended and wait for their parent
 */
public record ProcessStatus(
        int pid, String name, char state, Uid effectiveUid, Set<Uid> uids, Set<Gid> gids, boolean hasMemory) {

    public ProcessStatus {
        uids = Set.copyOf(uids);
        gids = Set.copyOf(gids);
    }

    /** @throws IllegalArgumentException if this is not the text of a status file; says what is missing */
    static ProcessStatus parse(byte[] content) {
        // One char for a byte: the name may be anything.
        String text = new String(content, ISO_8859_1);
        List<Long> uids = numbers(text, "\nUid:");
        List<Long> gids = numbers(text, "\nGid:");
        if (uids.size() != 4 || gids.size() != 4) {
            throw new IllegalArgumentException("there are not four uids and four gids");
        }
        Set<Uid> allUids = new HashSet<>();
        uids.forEach(uid -> allUids.add(new Uid(uid)));
        Set<Gid> allGids = new HashSet<>();
        gids.forEach(gid -> allGids.add(new Gid(gid)));
        numbers(text, "\nGroups:").forEach(gid -> allGids.add(new Gid(gid)));
        String name = text.startsWith("Name:") ? value("\n" + firstLine(text), "\nName:") : missing("Name");
        String state = value(text, "\nState:");
        return new ProcessStatus(
                Integer.parseInt(value(text, "\nPid:")),
                new String(name.getBytes(ISO_8859_1), UTF_8),
                state.isEmpty() ? missing("State") : state.charAt(0),
                new Uid(uids.get(1)),
                allUids,
                allGids,
                text.contains("\nVmSize:"));
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    /** No regular expression: this runs for each process of the host, at every look. */
    private static List<Long> numbers(String text, String key) {
        List<Long> numbers = new ArrayList<>(4);
        StringTokenizer words = new StringTokenizer(value(text, key));
        while (words.hasMoreTokens()) {
            numbers.add(Long.valueOf(words.nextToken()));
        }
        return numbers;
    }

    private static String value(String text, String key) {
        int start = text.indexOf(key);
        if (start < 0) {
            return missing(key.strip());
        }
        int from = start + key.length();
        int end = text.indexOf('\n', from);
        return text.substring(from, end < 0 ? text.length() : end).strip();
    }

    private static <T> T missing(String key) {
        throw new IllegalArgumentException("there is no line " + key);
    }
}
