package io.idagent.platform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessStatusTest {

    private static final String QEMU = "Name:\tqemu-system-x86\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t196\n"
            + "Pid:\t196\nPPid:\t1\nTracerPid:\t0\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nFDSize:\t64\n"
            + "Groups:\t104 64055 \nVmPeak:\t 900 kB\nVmSize:\t 900 kB\n";

    private static ProcessStatus parse(String text) {
        return ProcessStatus.parse(text.getBytes(ISO_8859_1));
    }

    @Test
    void allFourUidsAndGidsAndTheSupplementaryGroupsAreRead() {
        ProcessStatus qemu = parse(QEMU);
        assertEquals(196, qemu.pid());
        assertEquals("qemu-system-x86", qemu.name());
        assertEquals('S', qemu.state());
        assertEquals(new Uid(2), qemu.effectiveUid());
        assertEquals(Set.of(new Uid(1), new Uid(2), new Uid(3), new Uid(4)), qemu.uids());
        assertEquals(Set.of(new Gid(5), new Gid(6), new Gid(7), new Gid(8), new Gid(104), new Gid(64055)), qemu.gids());
        assertTrue(qemu.hasMemory());
    }

    @Test
    void aProcessWithoutSupplementaryGroupsAndMemoryIsRead() {
        ProcessStatus kernelThread =
                parse("Name:\tkthreadd\nState:\tS\nPid:\t2\nUid:\t0 0 0 0\nGid:\t0 0 0 0\nGroups:\t \n");
        assertEquals(Set.of(Gid.ROOT), kernelThread.gids());
        assertFalse(kernelThread.hasMemory());
    }

    @Test
    void aProcessCannotLieInItsName() {
        ProcessStatus liar = parse(QEMU.replace("qemu-system-x86", "x\\nUid:\\t9"));
        assertEquals("x\\nUid:\\t9", liar.name());
        assertEquals(new Uid(2), liar.effectiveUid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Uid:\t1\t2\t3\t4\n", "Gid:\t5\t6\t7\t8\n", "Groups:\t104 64055 \n", "Pid:\t196\n"})
    void aStatusWithoutOneOfItsLinesIsRefused(String line) {
        assertThrows(IllegalArgumentException.class, () -> parse(QEMU.replace("\n" + line, "\n")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "Name:", "Uid:\t1\t2\t3", "garbage"})
    void nonsenseIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> parse(text));
    }
}
