package io.idagent.badworld;

import static io.idagent.badworld.OldHost.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.idagent.badworld.OldHost.Trouble;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Slips of the pen, on the command line and in the configuration, and people who are not root: nothing is done by mistake. */
@NeedsLab
class UsageTest {

    private static final int USAGE = 2;
    private static final int BLOCKED = 5;
    private static final String FILE = "/etc/libvirt-id-agent/application.properties";

    private static OldHost old;
    private static String before;

    @BeforeAll
    static void boot(Lab lab) {
        old = OldHost.boot(lab, "h1");
        old.host().sh("useradd -m carol; mkdir /etc/libvirt-id-agent");
        before = old.host().snapshot();
    }

    @AfterAll
    static void nothingWasTouched() {
        old.host().sh("virsh --quiet uri");
        assertEquals(before, old.host().snapshot());
        assertEquals("", old.host().sh("ls /var/lib/libvirt-id-agent 2>/dev/null || true"));
    }

    @Test
    void aSlipOnTheCommandLineIsPointedAt() {
        usage("--convert", "--convert-now");
        usage("stauts", "libvirt-id-agent status");
        usage("--convert-now --output xml", "expected one of [text, json, prometheus]");
        usage("--convert-now --wait xyz", "'xyz' is no duration", "30m");
        usage("--convert-now --rollback", "mutually exclusive");
        usage("--convert-now -Dfoo", "KEY=VALUE");
        usage("--wait 30m", "what is to be done?", "--convert-now");
        usage("--convert-now status", "status does not go together with --convert-now");
        usage("--convert-now --root /nowhere", "/nowhere is no directory");
        usage("--convert-now --root /", "is this host itself");
        usage("--convert-now --root /usr/..", "is this host itself");
        usage("--convert-now --root /srv", "no file /srv/etc/passwd");
    }

    @Test
    void aSettingThatCannotBeMeantIsNamedWithItsValue() {
        setting("idagent.rots", "/srv", "there is no such key", "idagent.roots");
        setting("idagent.roots", "srv", "absolute path");
        setting("idagent.timeouts.command", "soon", "'soon' is no duration");
        setting("idagent.orphans", "maybe", "adopt, former-only, report");
        setting("idagent.orphan-range", "999-100", "FIRST-LAST");
        setting("idagent.former-uids", "0", "0 is root");
        usage("--convert-now -Didagent.extra-uid-check-match=^DN:", "idagent.extra-uid-check", "go together");
    }

    @Test
    void anImpossibleTargetIsNamedWithItsValue() {
        for (String key : List.of("idagent.accounts.libvirt-qemu.uid", "idagent.accounts.libvirt-qemu.gid")) {
            for (String value : List.of("0", "65534", "65535", "4294967295", "4294967296", "-1", "64055x", "0x10")) {
                setting(key, value);
            }
        }
    }

    @Test
    void twoAccountsWithOneNumberAreRefused() {
        try (Trouble t = configured("idagent.accounts.nova.uid=64055\nidagent.accounts.nova.gid=64060\n"
                + "idagent.accounts.libvirt-qemu.uid=64055\nidagent.accounts.libvirt-qemu.gid=64055")) {
            assertSays(USAGE, List.of("idagent.accounts", "64055"), old.convertNow());
        }
    }

    @Test
    void theFileIsReadAndItsMistakesAreNamed() {
        try (Trouble t = configured("idagent.accounts.libvirt-qemu.uid=65534")) {
            assertSays(USAGE, List.of("idagent.accounts.libvirt-qemu.uid", "65534"), old.convertNow());
        }
    }

    @Test
    void aConfigurationThatOthersCanWriteIsRefused() {
        for (String loosen : List.of("chmod o+w " + FILE, "chown carol " + FILE, "chmod g+w /etc/libvirt-id-agent")) {
            try (Trouble t = configured("idagent.orphans=report")) {
                old.host().sh(loosen);
                assertSays(USAGE, List.of(FILE + " is refused", "chown root:root"), old.convertNow());
            }
        }
    }

    @Test
    void onlyRootConverts() {
        for (String action : List.of("--convert-now", "--rollback")) {
            Result result = asCarol(action);
            assertSays(BLOCKED, List.of(action, "only root can", "sudo libvirt-id-agent " + action), result);
        }
        Result plan = asCarol("plan");
        assertSays(BLOCKED, List.of("only root can", "sudo libvirt-id-agent plan"), plan);
        assertFalse(plan.err().contains("changes account files"), "a plan changes nothing: " + plan.err());
    }

    @Test
    void everybodyMayAskForTheStatusAndIsToldWhatCouldNotBeSeen() {
        Result status = asCarol("status");
        assertSays(
                2,
                List.of(
                        "uid 109, should be 64055",
                        "starts guests as 109:114",
                        "Not seen:",
                        "Only root can read /etc/libvirt/qemu.conf",
                        "only root may read the journals"),
                status);
        assertEquals("", status.err());
    }

    private static Result asCarol(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of("setpriv", "--reuid=carol", "--regid=carol", "--init-groups", "libvirt-id-agent"));
        command.addAll(List.of(arguments));
        return old.host().run(command.toArray(String[]::new));
    }

    private static void usage(String commandLine, String... says) {
        Result result = old.agent(commandLine.split(" "));
        assertSays(USAGE, Arrays.asList(says), result);
        assertEquals("", result.out());
    }

    private static void setting(String key, String value, String... says) {
        List<String> words = new ArrayList<>(List.of(key, value));
        words.addAll(List.of(says));
        Result result = old.convertNow("-D" + key + "=" + value);
        assertSays(USAGE, words, result);
        assertEquals("", result.out());
    }

    private static Trouble configured(String properties) {
        return old.with(
                "printf '%s\\n' '" + properties + "' >" + FILE, "rm " + FILE + "; chmod 755 /etc/libvirt-id-agent");
    }
}
