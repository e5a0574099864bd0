package io.idagent.soak;

import io.idagent.cli.CommandLineProgram;
import io.idagent.lab.Change;
import io.idagent.lab.Running;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A system that does not run, converted and taken back again and again by one process, as the daemon does where there is
 * no systemd: whatever a conversion does not give back adds up here.
 */
final class OneProcess {

    private static final String MAKE = """
            cd "$1" && mkdir -p etc/libvirt-id-agent run tmp var/lib/libvirt/images
            printf 'root:x:0:0::/root:/bin/sh\\nlibvirt-qemu:x:109:105::/var/lib/libvirt:/usr/sbin/nologin\\n' >etc/passwd
            printf 'root:x:0:\\nkvm:x:105:\\nlibvirt-qemu:x:114:\\n' >etc/group
            printf 'root:*:19000::::::\\nlibvirt-qemu:!:19000::::::\\n' >etc/shadow
            printf 'root:*::\\nkvm:!::\\nlibvirt-qemu:!::\\n' >etc/gshadow
            chmod 640 etc/shadow etc/gshadow
            cd var/lib/libvirt/images
            for d in $(seq 0 1000 $(($2 - 1000))); do mkdir $d && (cd $d && seq 1000 | xargs touch); done
            touch orphan user new; chown -R 109:114 .; chown 117:121 orphan; chown 109:0 user; chown 64055:64055 new
            """;

    /** All that lies there but what the conversions leave on purpose: their journals, and that the daemon is to pause. */
    private static final String FILES = """
            cd "$1" && grep libvirt etc/passwd etc/group etc/shadow etc/gshadow
            find . -path ./var/lib/libvirt-id-agent -prune -o ! -name '*-' ! -name paused -printf '%U:%G %y %m %s %p\\n' \
                | grep -v ' \\./etc/\\(passwd\\|group\\|shadow\\|gshadow\\)$' | grep -v ' d [0-9]* [0-9]* ./etc' | LC_ALL=C sort -k 5
            """;

    private final Path root;
    private final String old;
    private int rounds;

    /** @param files a multiple of 1,000 */
    OneProcess(Path root, int files) throws IOException {
        this.root = root;
        sh(MAKE, Integer.toString(files));
        // The first round makes the folders for lock and journals, and the pause file.
        run("--convert-now");
        run("--rollback");
        old = files();
    }

    /** There and back so many times; each time every file is looked at. */
    void go(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            run("--convert-now");
            mustBe(old.replaceAll("(?m)^(109|117):", "64055:")
                    .replaceAll("(?m)^(\\d+):(114|121) ", "$1:64055 ")
                    .replace(":x:109:", ":x:64055:")
                    .replace("libvirt-qemu:x:114:", "libvirt-qemu:x:64055:"));
            run("--rollback");
            mustBe(old);
            rounds++;
        }
    }

    private void run(String command) {
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream all = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(all);
            int code = CommandLineProgram.run(command, "--root", root.toString());
            if (code != 0) {
                throw new IllegalStateException(command + " in round " + rounds + " ended with " + code + ":\n"
                        + said.toString(StandardCharsets.UTF_8));
            }
        } finally {
            System.setOut(out);
        }
    }

    private void mustBe(String expected) {
        String change = Change.between(expected, files());
        if (!change.isEmpty()) {
            throw new IllegalStateException("round " + rounds + ":\n" + change);
        }
    }

    /** @param rounds so far; memory in KiB, the heap after a collection */
    record Size(int rounds, long heap, long memory, int threads, int descriptors, int temporary, int journals) {}

    Size size() throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc(); // what is freed by the first may free more
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
        long memory = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
        return new Size(
                rounds,
                heap,
                memory,
                count(Path.of("/proc/self/task")),
                count(Path.of("/proc/self/fd")),
                count(Path.of(System.getProperty("java.io.tmpdir"))),
                count(root.resolve("var/lib/libvirt-id-agent/conversions")));
    }

    private static int count(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return (int) all.count();
        }
    }

    private String files() {
        return sh(FILES);
    }

    private String sh(String script, String... arguments) {
        List<String> words = new ArrayList<>(List.of("-ec", script, "sh", root.toString()));
        words.addAll(List.of(arguments));
        return Running.start(Path.of("/bin/sh"), words.toArray(String[]::new))
                .await(Duration.ofMinutes(2))
                .mustSucceed()
                .out();
    }
}
