package io.idagent.conversion;

import io.idagent.ownership.ScanResult;
import io.idagent.platform.ExclusiveLock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One conversion while it is under way: what was decided, and what has come of it so far. */
final class Undertaking implements AutoCloseable {

    private final ConversionPlan plan;
    private final Journal journal;
    private final ConversionListener listener;
    private final long startedAt = System.nanoTime();

    private final FirstLines problems = new FirstLines();
    private final FirstLines notes = new FirstLines();
    private Optional<ScanResult> outside = Optional.empty();
    private long linesListed;
    private long filesChanged;
    private long leftovers;
    private Optional<ExclusiveLock> passwdLock = Optional.empty();
    private long libvirtDownAt;
    private Duration libvirtDown = Duration.ZERO;

    Undertaking(ConversionPlan plan, Journal journal, ConversionListener listener) {
        this.plan = plan;
        this.journal = journal;
        this.listener = listener;
    }

    ConversionPlan plan() {
        return plan;
    }

    Manifest manifest() {
        return new Manifest(journal.directory());
    }

    Journal journal() {
        return journal;
    }

    ConversionListener listener() {
        return listener;
    }

    void note(String note) {
        notes.add(note);
    }

    void problem(String problem) {
        problems.add(problem);
    }

    void listed(long lines) {
        linesListed = lines;
    }

    /** How many lines the last pass of the manifest has; 0 if it was written before this process began. */
    long linesListed() {
        return linesListed;
    }

    void changed(long files) {
        filesChanged += files;
    }

    long filesChanged() {
        return filesChanged;
    }

    void leftovers(long files) {
        leftovers = files;
    }

    long leftovers() {
        return leftovers;
    }

    void outside(ScanResult found) {
        outside = Optional.of(found);
    }

    /** What was found outside the roots; empty: nobody has looked in this run. */
    Optional<ScanResult> outside() {
        return outside;
    }

    boolean holdsNumbers() {
        return passwdLock.isPresent();
    }

    void holdNumbers(ExclusiveLock lock) {
        passwdLock = Optional.of(lock);
    }

    /** Lets others add accounts again. */
    void releaseNumbers() throws IOException {
        if (passwdLock.isPresent()) {
            passwdLock.get().close();
            passwdLock = Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        releaseNumbers();
    }

    void libvirtIsDown() {
        if (libvirtDownAt == 0) {
            libvirtDownAt = System.nanoTime();
        }
    }

    void libvirtIsUp() {
        if (libvirtDownAt != 0) {
            libvirtDown = libvirtDown.plusNanos(System.nanoTime() - libvirtDownAt);
            libvirtDownAt = 0;
        }
    }

    Duration libvirtDown() {
        return libvirtDown;
    }

    ConversionOutcome outcome(ConversionOutcome.Result result, String sentence) {
        return new ConversionOutcome(
                result,
                sentence,
                Duration.ofNanos(System.nanoTime() - startedAt),
                libvirtDown,
                filesChanged,
                problems.list(),
                leftovers,
                outside.map(ScanResult::formerIds),
                notes.list(),
                Optional.of(journal.directory()));
    }

    /** The first ones, and how many more: a million files that cannot be changed are to fit into the journal. */
    private static final class FirstLines {

        private final List<String> lines = new ArrayList<>();
        private long more;

        void add(String line) {
            if (lines.size() < ConversionOutcome.LISTED) {
                lines.add(line);
            } else {
                more++;
            }
        }

        List<String> list() {
            List<String> all = new ArrayList<>(lines);
            if (more > 0) {
                all.add("and " + more + " more");
            }
            return all;
        }
    }
}
