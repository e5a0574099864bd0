package io.idagent.crash;

import io.idagent.lab.Lab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All of the matrix, on a system that does not run or on a hypervisor. See deploy/bench/crash --matrix. */
public final class MatrixBench {

    private MatrixBench() {}

    /** @param arguments "image" or "host", number of the first cell, directory */
    public static void main(String[] arguments) throws Exception {
        boolean onHost = arguments[0].equals("host");
        Path directory = Path.of(arguments[2]);
        try (Lab lab = onHost ? new Lab() : null;
                World world = onHost
                        ? new HostWorld(lab, "h1", directory)
                        : new ImageWorld(directory.resolve("w"), "image")) {
            System.exit(run(world, Integer.parseInt(arguments[1])) ? 0 : 1);
        }
    }

    private static boolean run(World world, int first) throws Exception {
        Story story = new Story(world);
        Matrix matrix = new Matrix(world, story);
        Map<Matrix.Cell, Story.Run> runs = new LinkedHashMap<>();
        List<String> broken = new ArrayList<>();
        List<Matrix.Cell> cells = matrix.cells().subList(first, matrix.cells().size());
        for (Matrix.Cell cell : cells) {
            try {
                Story.Run run = matrix.run(cell);
                runs.put(cell, run);
                System.out.printf(
                        "%-5s %-45s %-30s %-22s %s%n",
                        world.name(), cell, run.fault(), run.end(), run.converted() ? "new" : "old");
            } catch (Story.Broken e) {
                broken.add(cell.toString());
                System.out.printf("%n%s %s BROKEN: %s%n%s%n", world.name(), cell, e.getMessage(), story.transcript());
                if (world instanceof HostWorld) {
                    break; // it is the same host for all
                }
            }
        }
        long hit = runs.entrySet().stream()
                .filter(run -> Matrix.isHit(run.getKey(), run.getValue()))
                .count();
        System.out.printf(
                "%nKilled before (B), within (W), after (A) each step; in small letters where the program was elsewhere:%n%n%s%n",
                Matrix.table(runs));
        System.out.printf(
                "%d of %d places hit. Lost something: %s%n", hit, cells.size(), broken.isEmpty() ? "none" : broken);
        return broken.isEmpty();
    }
}
