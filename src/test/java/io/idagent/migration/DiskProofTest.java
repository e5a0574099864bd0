package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.idagent.migration.DiskProof.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the log of a guest says about its disks; the lines are those of qemu 7.2. */
class DiskProofTest {

    private static final String READ = "read 512/512 bytes at offset 0";
    private static final List<String> FILES = List.of("/a.qcow2", "/b.qcow2");

    private static Verdict judge(String... lines) {
        return DiskProof.judge(FILES, List.of(lines));
    }

    @Test
    void everyReadMustBeThereAndGood() {
        String timing = "512 bytes, 1 ops; 00.00 sec (12.109 MiB/sec and 24799.1271 ops/sec)";
        assertEquals(new Verdict.Answers(), judge(READ, timing, READ, timing));
        assertEquals(
                new Verdict.Broken("/b.qcow2: read failed: Permission denied"),
                judge(READ, timing, "read failed: Permission denied"));
    }

    @Test
    void whatIsNotThereIsNotTakenForGood() {
        assertEquals(new Verdict.NotSeen("its log tells of 1 of 2 reads"), judge(READ));
        assertEquals(new Verdict.NotSeen("its log tells of 0 of 2 reads"), judge());
    }

    @Test
    void theLastAttemptCountsIfALostConnectionHasMadeASecondOne() {
        assertEquals(new Verdict.Answers(), judge(READ, "read failed: Permission denied", READ, READ));
    }

    @Test
    void troubleBeforeTheReadsIsToldAndThatOfTheMigrationIsNot() {
        assertEquals(
                new Verdict.Broken("its log says: qemu-system-x86_64: Could not reopen file: Permission denied"),
                judge("qemu-system-x86_64: Could not reopen file: Permission denied", READ, READ));
        assertEquals(
                new Verdict.Answers(),
                judge(
                        "2026-11-27 02:25:58.358+0000: initiating migration",
                        "qemu-system-x86_64: load of migration failed: Input/output error",
                        "qemu-system-x86_64: Unable to read from socket: Bad file descriptor",
                        READ,
                        READ));
    }

    @Test
    void whatAGuestMayHaveHadWrittenThereIsShownWithoutControlCharactersAndNotAtLength() {
        List<String> lines = new ArrayList<>(List.of("\u001b[2JPermission denied" + "x".repeat(5000), READ, READ));
        Verdict.Broken broken = assertInstanceOf(Verdict.Broken.class, DiskProof.judge(FILES, lines));
        assertEquals("its log says: ?[2JPermission denied", broken.why().substring(0, 35));
        assertEquals(14 + 300 + 3, broken.why().length());
    }
}
