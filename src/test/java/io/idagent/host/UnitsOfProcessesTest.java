package io.idagent.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsOfProcessesTest {

    @TempDir
    Path proc;

    @ParameterizedTest
    @CsvSource({
        "0::/init.scope, 0::/system.slice/nova-compute.service, true",
        "0::/init.scope, 0::/system.slice/nova-compute.service/worker, true",
        "0::/box/init.scope, 0::/box/system.slice/nova-compute.service, true",
        "1:name=systemd:/init.scope, 1:name=systemd:/system.slice/nova-compute.service, true",
        "0::/init.scope, 0::/system.slice/nova-compute.service2, false",
        "0::/init.scope, 0::/user.slice/user-1000.slice/system.slice/nova-compute.service, false",
        "0::/box/init.scope, 0::/system.slice/nova-compute.service, false",
        "0::/, 0::/system.slice/nova-compute.service, false",
        "0::/init.scope, 4:cpu:/system.slice/nova-compute.service, false"
    })
    void aUnitIsWhereSystemdPutsIt(String systemd, String process, boolean isPart) throws IOException {
        write(1, systemd);
        write(42, process);
        assertEquals(isPart, new UnitsOfProcesses(proc, List.of("nova-compute.service")).have(42));
    }

    @Test
    void aProcessThatHasEndedIsNobodys() throws IOException {
        write(1, "0::/init.scope");
        assertEquals(false, new UnitsOfProcesses(proc, List.of("nova-compute.service")).have(42));
    }

    private void write(int pid, String groups) throws IOException {
        Files.createDirectories(proc.resolve(Integer.toString(pid)));
        Files.writeString(proc.resolve(pid + "/cgroup"), groups + "\n");
    }
}
