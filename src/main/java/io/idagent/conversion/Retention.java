package io.idagent.conversion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which journals of the past may go, and their going: a host on which guests always come in between begins a conversion a day,
 * and each of them lists the files.
 *
 * <p>Kept are the last hundred, and of those before: each that is open, that a rollback needs, that could not change all
 * files, or that alone knows a former number. How many have gone, and how they had ended, stays in a file beside them.
 */
final class Retention {

    static final int KEPT = 100;

    private static final String GONE = "gone";
    private static final Pattern GONE_LINE = Pattern.compile("([a-z]+) ([0-9]{1,9})");

    private final Path directory;

    /** @param directory that of the conversions */
    Retention(Path directory) {
        this.directory = directory;
    }

    /** @param newestFirst all there are */
    static List<Conversions.Record> dispensable(List<Conversions.Record> newestFirst) {
        if (newestFirst.size() <= KEPT) {
            return List.of();
        }
        String needed = new ConversionHistory(newestFirst, false)
                .canBeRolledBack()
                .map(Conversions.Record::id)
                .orElse("~"); // behind every id
        List<Conversions.Record> kept = new ArrayList<>(newestFirst.subList(0, KEPT));
        List<Conversions.Record> dispensable = new ArrayList<>();
        for (Conversions.Record record : newestFirst.subList(KEPT, newestFirst.size())) {
            boolean isNeeded = record.id().compareTo(needed) >= 0
                    || record.outcome().filter(Retention::isWhole).isEmpty()
                    || knowsMoreThan(kept, record);
            (isNeeded ? kept : dispensable).add(record);
        }
        return dispensable;
    }

    private static boolean isWhole(ConversionOutcome outcome) {
        return outcome.problems().isEmpty() && outcome.leftovers() == 0;
    }

    private static boolean knowsMoreThan(List<Conversions.Record> kept, Conversions.Record record) {
        ConversionHistory others = new ConversionHistory(kept, false);
        ConversionHistory own = new ConversionHistory(List.of(record), false);
        return !others.formerUids().containsAll(own.formerUids())
                || !others.formerGids().containsAll(own.formerGids());
    }

    /** Removes what {@link #dispensable} names. Counted first: a crash in between counts one twice rather than not at all. */
    void remove(List<Conversions.Record> records) throws IOException {
        for (Conversions.Record record : records) {
            Map<String, Long> gone = new TreeMap<>(gone());
            gone.merge(record.outcome().orElseThrow().result().key(), 1L, Long::sum);
            write(gone);
            try (DirectoryStream<Path> manifests = Files.newDirectoryStream(record.directory(), "manifest-*")) {
                for (Path manifest : manifests) {
                    Files.delete(manifest);
                }
            }
            Files.delete(record.directory().resolve(Journal.FILE));
            Files.delete(record.directory());
        }
    }

    /** How many have gone, by how they had ended. Nothing but a metric hangs on it: what cannot be read counts for nothing. */
    Map<String, Long> gone() throws IOException {
        Path file = directory.resolve(GONE);
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .lines()
                .map(GONE_LINE::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(line -> line.group(1), line -> Long.parseLong(line.group(2)), Long::sum));
    }

    private void write(Map<String, Long> gone) throws IOException {
        StringBuilder text = new StringBuilder();
        gone.forEach(
                (result, count) -> text.append(result).append(' ').append(count).append('\n'));
        PrivateFiles.put(directory.resolve(GONE), text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
