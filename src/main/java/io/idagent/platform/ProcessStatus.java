package io.idagent.platform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashSet;
import java.util.Set;

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
        String[] uids = numbers(text, "\nUid:", 4);
        String[] gids = numbers(text, "\nGid:", 4);
        Set<Uid> allUids = new HashSet<>();
        for (String uid : uids) {
            allUids.add(Uid.parse(uid));
        }
        Set<Gid> allGids = new HashSet<>();
        for (String gid : gids) {
            allGids.add(Gid.parse(gid));
        }
        String groups = value(text, "\nGroups:");
        if (!groups.isEmpty()) {
            for (String gid : groups.split("\\s+")) {
                allGids.add(Gid.parse(gid));
            }
        }
        String name = text.startsWith("Name:") ? value("\n" + firstLine(text), "\nName:") : missing("Name");
        String state = value(text, "\nState:");
        return new ProcessStatus(
                Integer.parseInt(value(text, "\nPid:")),
                new String(name.getBytes(ISO_8859_1), UTF_8),
                state.isEmpty() ? missing("State") : state.charAt(0),
                Uid.parse(uids[1]),
                allUids,
                allGids,
                text.contains("\nVmSize:"));
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    private static String[] numbers(String text, String key, int count) {
        String[] fields = value(text, key).split("\\s+");
        if (fields.length != count) {
            throw new IllegalArgumentException("the line" + key.replace('\n', ' ') + " has not " + count + " numbers");
        }
        return fields;
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
