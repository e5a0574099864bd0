package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessTableTest {

    private static final long OURSELVES = ProcessHandle.current().pid();

    @TempDir
    Path proc;

    @Test
    void thisJvmIsAmongTheProcessesOfThisHost() throws ProcessesHiddenException {
        RunningProcess jvm = new ProcessTable()
                .read().stream()
                        .filter(process -> process.pid() == OURSELVES)
                        .findFirst()
                        .orElseThrow();
        assertEquals("java", jvm.program());
        assertFalse(jvm.kernelThread());
        assertTrue(new ProcessTable().startTime(jvm.pid()).isPresent());
        assertTrue(new ProcessTable().startTime(Integer.MAX_VALUE).isEmpty());
    }

    @Test
    void anOpenFileIsSeen() throws IOException {
        Path file = Files.createFile(proc.resolve("open")).toRealPath();
        try (var open = Files.newInputStream(file)) {
            assertEquals(-1, open.read());
            assertTrue(
                    new ProcessTable().openFiles((int) OURSELVES).orElseThrow().contains(file.toString()));
        }
        assertFalse(new ProcessTable().openFiles((int) OURSELVES).orElseThrow().contains(file.toString()));
        assertEquals(Optional.of(List.of()), new ProcessTable().openFiles(Integer.MAX_VALUE));
    }

    @Test
    void aKernelThreadIsToldFromAProcessThatHasEnded() throws Exception {
        process("1", "Name:\tinit\nState:\tS\nPid:\t1\n", true);
        process("2", "Name:\tkthreadd\nState:\tS\nPid:\t2\n", false);
        Files.writeString(proc.resolve("2/stat"), "2 (kthr) eadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 7 0");
        process("300", "Name:\tqemu-system-x86\nState:\tZ\nPid:\t300\n", false);
        Files.createSymbolicLink(proc.resolve("self"), Path.of("1"));

        List<RunningProcess> processes = new ProcessTable(proc).read();

        assertEquals(
                List.of(1, 2, 300), processes.stream().map(RunningProcess::pid).toList());
        assertEquals(
                List.of(false, true, false),
                processes.stream().map(RunningProcess::kernelThread).toList());
        assertEquals(7, new ProcessTable(proc).startTime(2).orElseThrow());
    }

    @Test
    void aProcessThatEndsWhileTheListIsMadeIsLeftOut() throws Exception {
        process("1", "Name:\tinit\nState:\tS\nPid:\t1\n", true);
        Files.createSymbolicLink(proc.resolve("self"), Path.of("1"));
        Files.createDirectories(proc.resolve("77/task"));
        assertEquals(1, new ProcessTable(proc).read().size());
    }

    @Test
    void aProcessThatCannotBeUnderstoodIsNotLeftOut() throws Exception {
        process("1", "Name:\tinit\nState:\tS\nPid:\t1\n", true);
        Files.createSymbolicLink(proc.resolve("self"), Path.of("1"));
        Files.createDirectories(proc.resolve("77/task/77"));
        Files.writeString(proc.resolve("77/status"), "nonsense");
        ProcessesHiddenException error =
                assertThrows(ProcessesHiddenException.class, () -> new ProcessTable(proc).read());
        assertTrue(error.getMessage().contains("Cannot read process 77"), error.getMessage());
    }

    @Test
    void hiddenProcessesAreAnErrorAndNotAHostWithoutGuests() throws Exception {
        process("500", "Name:\tagent\nState:\tS\nPid:\t500\n", true);
        Files.createSymbolicLink(proc.resolve("self"), Path.of("500"));
        ProcessesHiddenException error =
                assertThrows(ProcessesHiddenException.class, () -> new ProcessTable(proc).read());
        assertTrue(error.getMessage().contains("hidepid"), error.getMessage());
    }

    @Test
    void whereProcessOneIsOurOwnTheMountOptionTells() throws Exception {
        Path one = process("1", "Name:\tinit\nState:\tS\nPid:\t1\n", true);
        Files.writeString(
                one.resolve("status"),
                Files.readString(one.resolve("status")).replace("Uid:\t0 0 0 0", "Uid:\t7 7 7 7"));
        Files.createSymbolicLink(proc.resolve("self"), Path.of("1"));
        Files.writeString(one.resolve("mountinfo"), "25 30 0:23 / /proc rw - proc proc rw,gid=4,hidepid=invisible\n");
        assertThrows(ProcessesHiddenException.class, () -> new ProcessTable(proc).read());
        Files.writeString(one.resolve("mountinfo"), "25 30 0:23 / /proc rw - proc proc rw\n");
        assertEquals(1, new ProcessTable(proc).read().size());
    }

    @Test
    void aCommandLineIsSplitAtItsZeroBytes() {
        assertEquals(List.of("a", "", "b c"), ProcessTable.arguments("a\0\0b c\0".getBytes()));
        assertEquals(List.of("sshd: root"), ProcessTable.arguments("sshd: root".getBytes()));
        assertEquals(List.of(), ProcessTable.arguments(new byte[0]));
    }

    @Test
    void aProcessThatHasNotRunIsAsItWasAndIsNotReadAgain() throws Exception {
        Path one = process("1", "Name:\tinit\nState:\tS\nPid:\t1\n", true);
        Files.createSymbolicLink(proc.resolve("self"), Path.of("1"));
        Path other = process("7", "Name:\tsh\nState:\tS\nPid:\t7\n", true);
        Files.writeString(one.resolve("schedstat"), "1 1 1\n");
        Files.writeString(other.resolve("schedstat"), "500 20 3\n");
        ProcessTable table = ProcessTable.thatRemembers(proc);
        table.read();
        Files.writeString(other.resolve("cmdline"), "qemu-system-x86_64\0");

        assertEquals("sh", program(table, 7));
        Files.writeString(other.resolve("schedstat"), "501 20 3\n");
        assertEquals("qemu-system-x86_64", program(table, 7));
    }

    @ParameterizedTest
    @CsvSource({"S, 0 0 0", "S, 500 20", "R, 500 20 3"})
    void oneThatRunsOrIsNotCountedIsReadEachTime(String state, String counted) throws Exception {
        process("1", "Name:\tinit\nState:\tS\nPid:\t1\n", true);
        Files.createSymbolicLink(proc.resolve("self"), Path.of("1"));
        Path other = process("7", "Name:\tsh\nState:\t" + state + "\nPid:\t7\n", true);
        // A line that is cut short may be that of anything.
        Files.writeString(other.resolve("schedstat"), counted + (counted.equals("500 20") ? "" : "\n"));
        ProcessTable table = ProcessTable.thatRemembers(proc);
        table.read();
        Files.writeString(other.resolve("cmdline"), "qemu-system-x86_64\0");

        assertEquals("qemu-system-x86_64", program(table, 7));
    }

    /** The name that the kernel shows stays the same: a script that stands for an emulator is one only once it calls it. */
    @Test
    void aProcessThatBecomesAnotherProgramIsSeenAsThat() throws Exception {
        Path script = proc.resolve("kvm");
        Files.writeString(script, "#!/bin/bash\nread line\nexec -a qemu-system-x86_64 sleep 100\n");
        Process process = new ProcessBuilder("bash", script.toString()).start();
        try {
            int pid = (int) process.pid();
            ProcessTable table = ProcessTable.thatRemembers();
            for (int i = 0; i < 3; i++) {
                assertEquals("bash", program(table, pid));
            }
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();

            while (!Files.readString(Path.of("/proc/" + pid + "/cmdline")).startsWith("qemu")) {
                Thread.sleep(5);
            }
            assertEquals("qemu-system-x86_64", command(table, pid));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String program(ProcessTable table, int pid) throws ProcessesHiddenException {
        return process(table, pid).program();
    }

    private static String command(ProcessTable table, int pid) throws ProcessesHiddenException {
        return process(table, pid).arguments().get(0);
    }

    private static RunningProcess process(ProcessTable table, int pid) throws ProcessesHiddenException {
        return table.read().stream()
                .filter(process -> process.pid() == pid)
                .findFirst()
                .orElseThrow();
    }

    private Path process(String pid, String status, boolean memory) throws IOException {
        Path directory = Files.createDirectories(proc.resolve(pid));
        Files.createDirectories(directory.resolve("task").resolve(pid));
        Files.writeString(
                directory.resolve("status"),
                status + "Uid:\t0 0 0 0\nGid:\t0 0 0 0\nGroups:\t\n" + (memory ? "VmSize:\t9 kB\n" : ""));
        Files.writeString(directory.resolve("cmdline"), "");
        return directory;
    }
}
