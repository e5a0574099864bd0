package io.idagent.badworld;

import static io.idagent.badworld.OldHost.assertSays;

import io.idagent.badworld.OldHost.Trouble;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A journal makes root change accounts and owners: one that somebody else may have written is not believed. */
@NeedsLab
class JournalTroubleTest {

    private static final int BLOCKED = 5;
    private static final String STATE = "/var/lib/libvirt-id-agent";
    private static final String ALL = STATE + "/conversions";

    private static OldHost old;
    private static String last;

    /** An old host with a past: converted once, and taken back. */
    @BeforeAll
    static void boot(Lab lab) {
        old = OldHost.boot(lab, "h1");
        old.convertNow().mustSucceed();
        old.agent("--rollback").mustSucceed();
        last = ALL + "/" + old.host().sh("ls " + ALL + " | tail -n 1");
    }

    @Test
    void aJournalThatWasChangedInTheMiddle() {
        try (Trouble t = kept("sed -i '3s/at/ta/' " + last + "/journal")) {
            refused(last + "/journal", "line 3", "damaged");
        }
    }

    @Test
    void aJournalThatIsNotRoots() {
        try (Trouble t = kept("chown libvirt-qemu " + last + "/journal")) {
            refused(last + "/journal", "belongs to uid 109");
        }
    }

    @Test
    void aFolderThatIsNotRoots() {
        try (Trouble t = kept("chown libvirt-qemu " + last)) {
            refused(last, "belongs to uid 109");
        }
    }

    @Test
    void aDirectoryThatEverybodyMayWrite() {
        for (String directory : List.of(STATE, last)) {
            try (Trouble t = kept("chmod o+w " + directory)) {
                refused(directory + " is not believed", "mode 70");
            }
        }
    }

    @Test
    void aDirectoryThatIsALink() {
        for (String directory : List.of(STATE, ALL, last)) {
            try (Trouble t = kept("mv %1$s /root/elsewhere; ln -s /root/elsewhere %1$s".formatted(directory))) {
                refused(directory + " is not believed", "symbolic link");
            }
        }
    }

    @Test
    void aJournalThatIsALink() {
        try (Trouble t = kept("mv %1$s/journal /root/elsewhere; ln -s /root/elsewhere %1$s/journal".formatted(last))) {
            refused(last + "/journal is not believed", "symbolic link");
        }
    }

    @Test
    void aJournalOfALaterVersion() {
        try (Trouble t = kept("""
                python3 - %s/journal <<'END'
                import sys, zlib
                lines = open(sys.argv[1], 'rb').read().split(b'\\n')
                text = lines[0].rsplit(b' ', 1)[0].replace(b'"format":1', b'"format":2')
                lines[0] = text + b' %%08x' %% zlib.crc32(text)
                open(sys.argv[1], 'wb').write(b'\\n'.join(lines))
                END""".formatted(last))) {
            refused(last, "format 2");
        }
    }

    @Test
    void whoeverAsksForWhateverIsToldWhy() {
        try (Trouble t = kept("chmod o+w " + ALL)) {
            for (String[] command : List.of(
                    new String[] {"plan"}, new String[] {"--rollback"}, new String[] {"--rollback", "--dry-run"})) {
                assertSays(BLOCKED, ALL + " is not believed", old.agent(command));
            }
            assertSays(2, ALL + " is not believed", old.agent("status"));
        }
    }

    /** What a crash does: the last line is not whole. It is as if never written, and the conversion is finished. */
    @Test
    void aJournalThatACrashHasCutShort() {
        try (Trouble t = kept("truncate --size=-30 " + last + "/journal")) {
            assertSays(2, "INTERRUPTED", old.agent("status"));

            Result result = old.convertNow(
                    "-Didagent.accounts.libvirt-qemu.uid=109", "-Didagent.accounts.libvirt-qemu.gid=114");

            assertSays(0, "was cut off. It comes first", result);
            old.isAsBefore();
        }
    }

    private static Trouble kept(String trouble) {
        return old.with(
                "cp -a " + STATE + " /root/state; " + trouble,
                "rm -rf %1$s /root/elsewhere; mv /root/state %1$s".formatted(STATE));
    }

    private static void refused(String... words) {
        old.refuses(BLOCKED, List.of(words));
    }
}
