package io.idagent.crash;

import java.util.ArrayList;
import java.util.List;

/**
 * One fault, from outside: strace ends the program at a system call, or makes the call fail. The program knows nothing of it.
 *
 * @param nth the call of this kind that is hit, counted in each thread
 * @param error what the call answers, for {@link Kind#ERROR}
 */
record Fault(Kind kind, String call, int nth, String error) {

    enum Kind {
        /** As the kernel's killer of those who use too much memory, or an impatient administrator. */
        KILL,
        /** A full disk, a bad block, a limit, a tool that cannot be started: the call answers with an error, once. */
        ERROR,
        /** Power fails: the program ends, and what was not on the disk is gone. */
        CUT
    }

    /** The words that start a program which is to be hurt. */
    List<String> strace() {
        String what = kind == Kind.ERROR ? "error=" + error : "signal=SIGKILL";
        // Without --seccomp-bpf, with which strace 6.1 miscounts.
        return List.of(
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + call,
                "-e",
                "inject=" + call + ":" + what + ":when=" + nth);
    }

    /** The same, and each call after it: nothing gets better by trying again. */
    List<String> straceForGood() {
        List<String> words = new ArrayList<>(strace());
        words.add(words.remove(words.size() - 1) + "+");
        return words;
    }

    @Override
    public String toString() {
        return kind + " at " + call + " " + nth + (kind == Kind.ERROR ? " (" + error + ")" : "");
    }
}
