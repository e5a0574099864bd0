package io.idagent.deb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Running;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The short form of deploy/bench/probes, which also measures. */
@NeedsLab
class ProbesLabTest {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String THREADS_AND_DESCRIPTORS = """
            pid=$(systemctl show -P MainPID libvirt-id-agent.service)
            ls /proc/$pid/task | wc -l
            ls /proc/$pid/fd | wc -l
            """;

    /** Threads of pools come and go. */
    private static final int POOL = 4;

    @Test
    void everyProbeIsAnsweredWhileTheHostIsConvertedAndBesideClientsThatMeanNoGood(Lab lab) {
        InstalledHost installed =
                InstalledHost.old(lab, "idagent.convert=manual").install();
        Host host = installed.host();
        host.sh("cd /var/lib/libvirt/images && seq 5000 | xargs touch && chown -R 109:114 .");
        installed.until("get /q/health/started | grep -q '200 OK'");
        List<Integer> before = numbers(host);

        Running clients = clients(host, "200", "10");
        int conversions = 0;
        while (clients.isAlive()) {
            host.agent("--convert-now").mustSucceed();
            host.agent("--rollback").mustSucceed();
            conversions++;
        }
        assertAllAnswered(clients);
        assertTrue(conversions > 0);
        assertAllAnswered(clients(host, "100", "5", "nasty"));

        installed.until("[ $(ls /proc/$(systemctl show -P MainPID libvirt-id-agent.service)/fd | wc -l) -le "
                + (before.get(1) + POOL) + " ]");
        List<Integer> after = numbers(host);
        assertTrue(after.get(0) <= before.get(0) + POOL, before + " threads and descriptors, then " + after);
    }

    private static Running clients(Host host, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Path.of("target/test-classes").toAbsolutePath().toString(),
                "io.idagent.load.Clients"));
        command.addAll(List.of(arguments));
        return host.startInItsNetwork(command.toArray(String[]::new));
    }

    /** The first line is "PROBES FAILED ...", and the next ones are failures. */
    private static void assertAllAnswered(Running clients) {
        String out = clients.await(LIMIT).out();
        String[] figures = out.lines().findFirst().orElse("").split(" ");
        assertTrue(Integer.parseInt(figures[0]) > 100, out);
        assertEquals("0", figures[1], out);
    }

    private static List<Integer> numbers(Host host) {
        return host.sh(THREADS_AND_DESCRIPTORS).lines().map(Integer::valueOf).toList();
    }
}
