package io.idagent.badworld;

import static io.idagent.badworld.OldHost.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.badworld.OldHost.Trouble;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Somebody loses patience: SIGTERM to the program, or Ctrl-C, which reaches all that it has started as well. */
@NeedsLab
class SignalTest {

    /** Sends a signal after a time; prints what the program printed, and ends as it ended. */
    private static final String INTERRUPT = """
            import os, signal, subprocess, sys, time
            name, after, program = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
            # A shell that runs something in the background has it ignore SIGINT, and so does all that it starts.
            process = subprocess.Popen(program, start_new_session=True,
                                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
            time.sleep(after)
            if process.poll() is None:
                if name == 'INT':
                    os.killpg(process.pid, signal.SIGINT)
                else:
                    process.terminate()
            code = process.wait()
            sys.exit(code if code >= 0 else 128 - code)
            """;

    private static OldHost old;

    @BeforeAll
    static void boot(Lab lab) {
        old = OldHost.boot(lab, "h1");
    }

    @Test
    void beforeTheIdsChangeAllIsTakenBackAndSaid() {
        try (Trouble t = old.withProgram("systemctl", """
                if [ "$1" = stop ]; then touch /run/here; sleep 1; fi
                exec /usr/bin/systemctl "$@\"""")) {
            Result result = interruptedAt("/run/here", "INT");
            assertSays(6, List.of("Failed: asked to stop. All is as before", "undoing: stopping libvirt"), result);
        }
        old.hasWholly(ids(), others());
    }

    @Test
    void afterTheIdsHaveChangedItGoesOnToTheEndAndSaysSo() {
        String target = others();
        try (Trouble t = old.withProgram("groupmod", "/usr/sbin/groupmod \"$@\" || exit; touch /run/here; sleep 1")) {
            Result result = interruptedAt("/run/here", "INT", to(target));
            assertSays(0, List.of("Done: libvirt-qemu has " + target), result);
        }
        old.hasWholly(target, target.equals(OldHost.NEW_IDS) ? OldHost.OLD_IDS : OldHost.NEW_IDS);
    }

    @Test
    void aCtrlCThatMeetsAProgramBeforeItIsOnItsOwnIsNoFailureOfThatProgram() {
        String target = others();
        // Until it has made its own session, the terminal's signal reaches it as well.
        try (Trouble t = old.withProgram("setsid", """
                case "$*" in *usermod*|*is-system-running*)
                    mkdir /run/hit-"${1##*/}" 2>/dev/null && kill -INT $$ ;;
                esac
                exec /usr/bin/setsid "$@\"""")) {
            assertSays(0, List.of("Done: libvirt-qemu has " + target), old.convertNow(to(target)));
        } finally {
            assertEquals("/run/hit-systemctl\n/run/hit-unshare", old.host().sh("ls -d /run/hit-*; rmdir /run/hit-*"));
        }
        old.hasWholly(ids(), others());
    }

    @Test
    void atAnyMomentTheHostIsWhollyOldOrWhollyNew() {
        Random random = new Random(64055);
        // How long one takes depends on the machine, and on what else it does.
        String first = others();
        long start = System.nanoTime();
        old.convertNow(to(first)).mustSucceed();
        double whole = (System.nanoTime() - start) / 1e9;
        List<Integer> codes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String target = others();
            String after = String.format(java.util.Locale.ROOT, "%.2f", whole * (0.4 + 0.8 * random.nextDouble()));
            String signal = i % 2 == 0 ? "TERM" : "INT";

            Result result = old.host()
                    .run(OldHost.words(
                            "python3",
                            concat(
                                    List.of("-c", INTERRUPT, signal, after, "libvirt-id-agent", "--convert-now"),
                                    to(target))));

            codes.add(result.exitCode());
            boolean converted = old.host().ids().equals(target);
            // 143, 130: it ended at once, before it had begun.
            assertTrue(
                    (converted ? List.of(0) : List.of(6, 143, 130)).contains(result.exitCode()),
                    signal + " after " + after + " s: " + result);
            old.hasWholly(ids(), others());
            assertEquals("", old.host().sh("ls /etc/*.lock 2>/dev/null || true"));
        }
        assertTrue(codes.contains(0) && codes.stream().anyMatch(code -> code != 0), codes.toString());

        String target = others();
        old.convertNow(to(target)).mustSucceed();
        old.hasWholly(target, others());
    }

    private static Result interruptedAt(String mark, String signal, String... options) {
        old.host().sh("rm -f " + mark); // a step that was undone may have left it once more
        String script = INTERRUPT.replace("time.sleep(after)", """
                while not os.path.exists(sys.argv[2]): time.sleep(0.02)
                os.remove(sys.argv[2])""").replace("float(sys.argv[2])", "0");
        return old.host()
                .run(OldHost.words(
                        "python3",
                        concat(List.of("-c", script, signal, mark, "libvirt-id-agent", "--convert-now"), options)));
    }

    private static String[] concat(List<String> first, String... others) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(others));
        return all.toArray(String[]::new);
    }

    private static String ids() {
        return old.host().ids();
    }

    private static String others() {
        return ids().equals(OldHost.OLD_IDS) ? OldHost.NEW_IDS : OldHost.OLD_IDS;
    }

    private static String[] to(String ids) {
        String[] numbers = ids.split(":");
        return new String[] {
            "-Didagent.accounts.libvirt-qemu.uid=" + numbers[0], "-Didagent.accounts.libvirt-qemu.gid=" + numbers[1]
        };
    }
}
