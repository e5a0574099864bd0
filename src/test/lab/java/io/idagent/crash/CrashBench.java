package io.idagent.crash;

import io.idagent.lab.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Hurts conversions, rollbacks and recoveries at random, and looks each time whether anything is lost. See deploy/bench/crash. */
public final class CrashBench {

    /** So many systems that do not run are hurt at once, beside a hypervisor. */
    private static final int IMAGES_AT_ONCE = 2;

    private final long seed;
    private final List<Story.Run> runs = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    private CrashBench(long seed) {
        this.seed = seed;
    }

    /** @param arguments seed, runs on images, runs on a hypervisor, number of the first run, directory */
    public static void main(String[] arguments) throws Exception {
        CrashBench bench = new CrashBench(Long.parseLong(arguments[0]));
        int first = Integer.parseInt(arguments[3]);
        Path directory = Path.of(arguments[4]);
        bench.hurt(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), first, directory);
        bench.report();
        System.exit(bench.broken.isEmpty() ? 0 : 1);
    }

    private interface Maker {
        World make() throws Exception;
    }

    private void hurt(int onImages, int onHost, int first, Path directory) throws Exception {
        ExecutorService workers = Executors.newCachedThreadPool();
        try (Lab lab = onHost > 0 ? new Lab() : null) {
            List<Callable<Void>> tasks = new ArrayList<>();
            AtomicInteger next = new AtomicInteger(first);
            for (int i = 0; i < Math.min(IMAGES_AT_ONCE, onImages); i++) {
                Path own = Files.createDirectories(directory.resolve("image" + i));
                tasks.add(() -> hurt(() -> new ImageWorld(own, "image"), next, first + onImages));
            }
            if (onHost > 0) {
                Path own = directory.resolve("host");
                tasks.add(() -> hurt(() -> new HostWorld(lab, "h1", own), new AtomicInteger(first), first + onHost));
            }
            for (Future<Void> task : workers.invokeAll(tasks)) {
                task.get();
            }
        } finally {
            workers.shutdown();
        }
    }

    private Void hurt(Maker maker, AtomicInteger next, int end) throws Exception {
        try (World world = maker.make()) {
            Story story = new Story(world);
            for (int number = next.getAndIncrement(); number < end; number = next.getAndIncrement()) {
                try {
                    done(story.run(seed, number), world.name(), number);
                } catch (Story.Broken e) {
                    broke(world.name(), number, e.getMessage(), story.transcript());
                    if (world instanceof HostWorld) {
                        return null; // it is the same host for all runs
                    }
                }
            }
        }
        return null;
    }

    private synchronized void done(Story.Run run, String where, int number) {
        runs.add(run);
        System.out.printf(
                "%-5s %4d  %-10s %-36s %-22s %s%n",
                where, number, run.victim(), run.fault(), run.end(), run.converted() ? "new" : "old");
    }

    private synchronized void broke(String where, int number, String what, String transcript) {
        broken.add(where + " " + number);
        System.out.printf("%n%s %d BROKEN: %s%n%s%n", where, number, what, transcript);
    }

    private void report() {
        System.out.printf("%nSeed %d, %d runs. Hit, by what:%n", seed, runs.size() + broken.size());
        count(runs, run -> "%-10s  %-5s".formatted(run.victim(), run.fault().kind()));
        System.out.printf("%nWhere the journal stood when the program was gone:%n");
        count(runs, run -> "%-22s".formatted(run.end()));
        System.out.printf("%nAt which call:%n");
        count(runs, run -> "%-22s".formatted(run.fault().call()));
        System.out.printf(
                "%nLost something: %s%n",
                broken.isEmpty() ? "none" : broken.size() + " (" + String.join(", ", broken) + ")");
    }

    private static void count(List<Story.Run> runs, java.util.function.Function<Story.Run, String> by) {
        Map<String, List<Story.Run>> groups =
                runs.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()));
        System.out.printf("  %-22s  runs   hit  ended old  ended new%n", "");
        groups.forEach((name, group) -> System.out.printf(
                "  %-22s  %4d  %4d  %9d  %9d%n",
                name,
                group.size(),
                group.stream().filter(Story.Run::hit).count(),
                group.stream().filter(run -> !run.converted()).count(),
                group.stream().filter(Story.Run::converted).count()));
    }
}
