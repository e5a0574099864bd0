package io.idagent.soak;

import io.idagent.lab.Change;
import io.idagent.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Converts and takes back many times, by one process and on one host, and looks what adds up. See deploy/bench/soak. */
public final class Soak {

    /** Of the table. */
    private static final int LINES = 10;

    /** What may go up and down from one collection to the next, and what Java still learns; a part, and MiB. */
    private static final double FLAT = 1.25;

    private static final int SWING = 4;

    /** Threads of pools that come when there is work, and go when there is none; with them descriptors. */
    private static final int POOL = 4;

    private static final int MIB = 1024;

    private Soak() {}

    /** @param arguments rounds of one process, rounds on a hypervisor, files, directory */
    public static void main(String[] arguments) throws IOException {
        int files = Integer.parseInt(arguments[2]);
        List<String> grown = new ArrayList<>();
        if (!arguments[0].equals("0")) {
            Path root = Files.createDirectories(Path.of(arguments[3]).resolve("root"));
            grown.addAll(byOneProcess(root, Integer.parseInt(arguments[0]), files));
        }
        if (!arguments[1].equals("0")) {
            grown.addAll(onOneHost(Integer.parseInt(arguments[1]), files));
        }
        grown.forEach(what -> System.out.println("GROWN: " + what));
        System.exit(grown.isEmpty() ? 0 : 1);
    }

    /** @return what there is more of than at the start */
    static List<String> byOneProcess(Path root, int rounds, int files) throws IOException {
        OneProcess process = new OneProcess(root, files);
        System.out.printf("One process, %d files:%n%n", files + 3);
        System.out.println("| rounds | heap | memory | threads | descriptors | temporary files | journals |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        List<OneProcess.Size> sizes = new ArrayList<>();
        int step = Math.max(1, rounds / LINES);
        // Java learns in the first rounds: what counts is what comes after them.
        for (int done = 0; done < rounds; done += step) {
            process.go(Math.min(step, rounds - done));
            OneProcess.Size size = process.size();
            sizes.add(size);
            System.out.printf(
                    "| %d | %.1f MiB | %.1f MiB | %d | %d | %d | %d |%n",
                    size.rounds(),
                    size.heap() / (double) MIB,
                    size.memory() / (double) MIB,
                    size.threads(),
                    size.descriptors(),
                    size.temporary(),
                    size.journals());
        }
        OneProcess.Size first = sizes.get(0);
        OneProcess.Size last = sizes.get(sizes.size() - 1);
        List<String> grown = new ArrayList<>();
        more(grown, "threads of the process", first.threads() + POOL, last.threads());
        more(grown, "descriptors of the process", first.descriptors() + POOL, last.descriptors());
        more(grown, "temporary files", first.temporary(), last.temporary());
        more(grown, "KiB of heap", flat(first.heap()), last.heap());
        more(grown, "KiB of memory", flat(first.memory()), last.memory());
        return grown;
    }

    static List<String> onOneHost(int rounds, int files) {
        try (Lab lab = new Lab()) {
            OneHost host = new OneHost(lab, files);
            System.out.printf("%nOne hypervisor with the daemon, %d files:%n%n", files);
            System.out.println("| rounds | daemon | threads | descriptors | journals | state | a way |");
            System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
            String names = host.names();
            List<OneHost.Size> sizes = new ArrayList<>(List.of(show(host.size())));
            int step = Math.max(1, rounds / LINES);
            for (int done = 0; done < rounds; done += step) {
                host.go(Math.min(step, rounds - done));
                sizes.add(show(host.size()));
            }
            OneHost.Size first = sizes.get(Math.min(1, sizes.size() - 1));
            OneHost.Size last = sizes.get(sizes.size() - 1);
            List<String> grown = new ArrayList<>();
            more(grown, "threads of the daemon", first.threads() + POOL, last.threads());
            more(grown, "descriptors of the daemon", first.descriptors() + POOL, last.descriptors());
            more(grown, "KiB of the daemon", flat(first.memory()), last.memory());
            // A request that the daemon had just made when the first list was taken may have gone since: that is no
            // growth.
            String come = Change.between(names, host.names())
                    .lines()
                    .filter(line -> line.startsWith("+ "))
                    .collect(Collectors.joining("\n"));
            if (!come.isEmpty()) {
                grown.add("more files on the host:\n" + come);
            }
            return grown;
        }
    }

    private static OneHost.Size show(OneHost.Size size) {
        System.out.printf(
                "| %d | %.1f MiB | %d | %d | %d | %.1f MiB | %.2f s |%n",
                size.rounds(),
                size.memory() / (double) MIB,
                size.threads(),
                size.descriptors(),
                size.journals(),
                size.stateKib() / (double) MIB,
                size.millis() / 1000.0);
        return size;
    }

    private static long flat(long kib) {
        return (long) (kib * FLAT) + SWING * MIB;
    }

    private static void more(List<String> grown, String what, long atFirst, long atLast) {
        if (atLast > atFirst) {
            grown.add("%d %s, where %d would be flat".formatted(atLast, what, atFirst));
        }
    }
}
