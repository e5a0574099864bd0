package io.idagent.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The faults that can hit one command: whatever it calls once its journal is begun. Learned from a run that nothing
 * hits, in which strace writes all of these calls down.
 */
final class Faults {

    /** What each call may answer when it fails. Others are only ever the place where the program ends. */
    private static final Map<String, List<String>> ERRORS = Map.ofEntries(
            Map.entry("fchownat", List.of("EPERM", "EIO", "EROFS")),
            Map.entry("openat", List.of("EIO", "EMFILE", "ENOMEM")),
            Map.entry("openat2", List.of("EIO", "EMFILE", "ENOMEM")),
            Map.entry("rename", List.of("EIO", "ENOSPC", "EROFS")),
            Map.entry("renameat2", List.of("EIO", "ENOSPC", "EROFS")),
            Map.entry("fsync", List.of("EIO", "ENOSPC")),
            Map.entry("fdatasync", List.of("EIO", "ENOSPC")),
            Map.entry("syncfs", List.of("EIO", "ENOSPC")),
            Map.entry("write", List.of("EIO", "ENOSPC")),
            Map.entry("pwrite64", List.of("EIO", "ENOSPC")),
            Map.entry("ftruncate", List.of("EIO")),
            Map.entry("execve", List.of("ENOENT", "EACCES", "ENOMEM")),
            Map.entry("mkdir", List.of("ENOSPC", "EROFS")),
            Map.entry("unlink", List.of("EROFS", "EIO")),
            Map.entry("link", List.of("EIO", "ENOSPC")),
            Map.entry("statx", List.of("EIO", "ENOMEM")),
            Map.entry("getdents64", List.of("EIO")),
            Map.entry("unshare", List.of("EPERM")),
            Map.entry("mount", List.of("EPERM")),
            Map.entry("setxattr", List.of("EIO", "ENOSPC")),
            Map.entry("chmod", List.of("EIO", "EROFS")),
            Map.entry("connect", List.of("ECONNREFUSED")),
            Map.entry("kill", List.of("EPERM")));

    private static final List<String> PLACES =
            List.of("read", "close", "vfork", "clone3", "futex", "fcntl", "exit_group");

    private static final Pattern LINE = Pattern.compile("(\\d+) +([a-z_0-9]+)\\(.*");

    /** For each call: how often it had been made, in the thread that made it, with each time. */
    private final TreeMap<String, List<Integer>> counts = new TreeMap<>();

    private Faults() {}

    static List<String> strace(String traceFile) {
        List<String> calls = new ArrayList<>(ERRORS.keySet());
        calls.addAll(PLACES);
        return List.of("strace", "-f", "-qq", "-s", "200", "-o", traceFile, "-e", "trace=" + String.join(",", calls));
    }

    static Faults learn(String trace) {
        Faults faults = new Faults();
        Map<String, Integer> soFar = new HashMap<>();
        boolean begun = false;
        for (String line : trace.split("\n")) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                continue;
            }
            int count = soFar.merge(matcher.group(1) + " " + matcher.group(2), 1, Integer::sum);
            begun |= line.contains("/conversions/2");
            if (begun) {
                faults.counts
                        .computeIfAbsent(matcher.group(2), call -> new ArrayList<>())
                        .add(count);
            }
        }
        if (!begun) {
            throw new IllegalStateException("the run that was to be learned from made no journal:\n" + trace);
        }
        return faults;
    }

    /** Each call that the program makes is as likely as any other, however often it is made. */
    Fault random(Random random) {
        Fault.Kind kind = Fault.Kind.values()[random.nextInt(Fault.Kind.values().length)];
        List<String> calls = counts.keySet().stream()
                .filter(call -> kind != Fault.Kind.ERROR || ERRORS.containsKey(call))
                .toList();
        String call = calls.get(random.nextInt(calls.size()));
        List<Integer> nth = counts.get(call);
        List<String> errors = ERRORS.getOrDefault(call, List.of(""));
        return new Fault(kind, call, nth.get(random.nextInt(nth.size())), errors.get(random.nextInt(errors.size())));
    }
}
