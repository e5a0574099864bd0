package io.idagent.crash;

import io.idagent.crash.Fault.Kind;
import io.idagent.crash.Places.Moment;
import io.idagent.crash.Places.Place;
import io.idagent.crash.Story.Victim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** SIGKILL before, within and after each step of a conversion, of a rollback, and of what recovers either. */
final class Matrix {

    /** The calls of a step are not the same in each run: so many of them are tried until one hits within it. */
    private static final int TRIES = 4;

    /** What is killed, and what was killed before it. */
    enum Column {
        CONVERSION(Victim.CONVERSION, false, null),
        ROLLBACK(Victim.ROLLBACK, true, null),
        RECOVERY_OF_CONVERSION(Victim.RECOVERY, false, new Fault(Kind.KILL, "fchownat", 2, "")),
        RECOVERY_OF_ROLLBACK(Victim.RECOVERY, true, new Fault(Kind.KILL, "fchownat", 2, "")),
        /** Its second mark in the journal: it has only listed the files. */
        TAKING_BACK(Victim.RECOVERY, false, null);

        private final Victim victim;
        private final boolean back;
        private final Fault before;

        Column(Victim victim, boolean back, Fault before) {
            this.victim = victim;
            this.back = back;
            this.before = before;
        }
    }

    record Cell(Column column, Optional<Fault> before, Place place) {
        @Override
        public String toString() {
            return column + " " + place.step() + " " + place.moment();
        }
    }

    private final World world;
    private final Story story;
    private final List<Cell> cells = new ArrayList<>();

    Matrix(World world, Story story) throws Exception {
        this.world = world;
        this.story = story;
        for (Column column : Column.values()) {
            Optional<Fault> before =
                    column == Column.TAKING_BACK ? firstStepOfConversion() : Optional.ofNullable(column.before);
            for (Place place : learn(column, before)) {
                cells.add(new Cell(column, before, place));
            }
        }
    }

    private Optional<Fault> firstStepOfConversion() {
        return cells.stream()
                .filter(cell ->
                        cell.column() == Column.CONVERSION && cell.place().moment() == Moment.AFTER)
                .map(cell -> cell.place().faults().get(0))
                .findFirst();
    }

    private List<Place> learn(Column column, Optional<Fault> before) throws Exception {
        world.reset(column.back);
        if (before.isPresent()) {
            world.agent(before.get().strace(), column.back ? "--rollback" : "--convert-now");
        }
        String command = column.victim == Victim.RECOVERY ? "--recover" : column.back ? "--rollback" : "--convert-now";
        world.agent(Faults.strace(world.traceFile()), command); // one that takes back has an exit code of its own
        return Places.learn(world.readTrace());
    }

    List<Cell> cells() {
        return cells;
    }

    /** @return where the journal stood when the program was gone */
    Story.Run run(Cell cell) throws Exception {
        Column column = cell.column();
        Story.Run run = null;
        for (Fault fault : cell.place().faults().stream().limit(TRIES).toList()) {
            run = story.hurt(column.victim, column.back, cell.before(), fault);
            if (run.hit() && stoodAt(cell.place(), run.end())) {
                return run;
            }
        }
        return run;
    }

    private static boolean stoodAt(Place place, String end) {
        return end.equals(
                switch (place.moment()) {
                    case BEFORE, WITHIN -> place.step().equals("undoing") ? "undoing" : "begun " + place.step();
                    case AFTER ->
                        place.step().equals("undoing")
                                ? "closed UNDONE"
                                : place.step().equals("closing") ? "closed DONE" : "done " + place.step();
                });
    }

    static boolean isHit(Cell cell, Story.Run run) {
        return run.hit() && stoodAt(cell.place(), run.end());
    }

    /** A line a step; in it for each column the moments at which it was killed, in small letters where it was missed. */
    static String table(Map<Cell, Story.Run> runs) {
        Map<String, Map<Column, StringBuilder>> rows = new java.util.LinkedHashMap<>();
        runs.forEach((cell, run) -> {
            String moment = cell.place().moment().name().substring(0, 1);
            rows.computeIfAbsent(cell.place().step(), step -> new TreeMap<>())
                    .computeIfAbsent(cell.column(), column -> new StringBuilder())
                    .append(isHit(cell, run) ? moment : moment.toLowerCase(java.util.Locale.ROOT));
        });
        StringBuilder table = new StringBuilder("%-16s".formatted(""));
        for (Column column : Column.values()) {
            table.append("%-24s".formatted(column));
        }
        rows.forEach((step, columns) -> {
            table.append("%n%-16s".formatted(step));
            for (Column column : Column.values()) {
                table.append("%-24s".formatted(columns.getOrDefault(column, new StringBuilder("-"))));
            }
        });
        return table.append("%n".formatted()).toString();
    }
}
