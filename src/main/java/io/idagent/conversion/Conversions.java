package io.idagent.conversion;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The conversions of this host, past and under way: one folder each below the state directory, with journal and
 * manifest.
 *
 * <p>What stands in a journal makes root change accounts and owners. So it counts only if root alone can have written
 * it.
 */
public final class Conversions {

    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String ID_FORM = "[0-9]{8}T[0-9]{6}Z";

    private final Path directory;
    private final boolean offline;

    /** Of this host. */
    public Conversions(Path stateDirectory) {
        this(stateDirectory, false);
    }

    private Conversions(Path stateDirectory, boolean offline) {
        this.directory = stateDirectory.resolve("conversions");
        this.offline = offline;
    }

    /** Of a system that does not run: its journals are finished without services and guests, whatever they say. */
    public static Conversions offline(Path stateDirectory) {
        return new Conversions(stateDirectory, true);
    }

    /** One conversion that was begun. */
    public record Record(String id, Path directory, List<JournalEntry> entries) {

        public ConversionPlan plan() {
            return ((JournalEntry.Opened) entries.get(0)).plan();
        }

        public Instant openedAt() {
            return entries.get(0).at();
        }

        /** Empty while it is open. */
        public Optional<ConversionOutcome> outcome() {
            return last() instanceof JournalEntry.Closed closed ? Optional.of(closed.outcome()) : Optional.empty();
        }

        public boolean isOpen() {
            return outcome().isEmpty();
        }

        /**
         * Whether it takes a host without guests to end it. Nobody is hurt by a libvirt that may start again, which is
         * all there is to undo before ids change.
         */
        public boolean recoveryNeedsNoGuest() {
            Recovery recovery = Recovery.of(this);
            boolean touchesIdsOrFiles = recovery.direction() == Recovery.Direction.FORWARD
                    || recovery.steps().contains(Step.CHANGE_IDS);
            return plan().kind().needsNoGuest() && !plan().offline() && touchesIdsOrFiles;
        }

        public JournalEntry last() {
            return entries.get(entries.size() - 1);
        }
    }

    /**
     * All conversions, newest first. A folder in which nothing was announced yet is none: nothing was done.
     *
     * @throws IOException if a journal cannot be read, or not be trusted
     */
    public List<Record> all() throws IOException {
        List<Record> records = new ArrayList<>();
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return records;
        }
        PrivateFiles.checkTrusted(directory.getParent());
        PrivateFiles.checkTrusted(directory);
        for (String id : ids()) {
            Path folder = directory.resolve(id);
            if (Files.exists(folder.resolve(Journal.FILE))) {
                PrivateFiles.checkTrusted(folder);
                PrivateFiles.checkTrusted(folder.resolve(Journal.FILE));
                read(folder).ifPresent(records::add);
            }
        }
        records.sort(Comparator.comparing(Record::id).reversed());
        return records;
    }

    private Optional<Record> read(Path folder) throws IOException {
        List<JournalEntry> entries = new ArrayList<>(Journal.read(folder).entries());
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        if (!(entries.get(0) instanceof JournalEntry.Opened opened)) {
            throw new IOException(folder + " does not begin with what was planned: it is no journal of this program");
        }
        if (opened.format() != JournalEntry.Opened.FORMAT) {
            throw new IOException(folder + " has format " + opened.format() + ", this version knows format "
                    + JournalEntry.Opened.FORMAT + ": finish it with the version that began it");
        }
        entries.set(
                0,
                new JournalEntry.Opened(
                        opened.at(), opened.format(), opened.plan().on(offline)));
        return Optional.of(new Record(folder.getFileName().toString(), folder, List.copyOf(entries)));
    }

    /** The one that was cut off, if there is one. */
    public Optional<Record> interrupted() throws IOException {
        return all().stream().filter(Record::isOpen).findFirst();
    }

    /** Removes the oldest of many, unless something is still to be learned from them. See {@link Retention}. */
    void thinOut() throws IOException {
        retention().remove(Retention.dispensable(all()));
    }

    /** How many were removed so far, by how they had ended. */
    Map<String, Long> gone() throws IOException {
        return retention().gone();
    }

    private Retention retention() {
        return new Retention(directory);
    }

    /** Begins a conversion: its journal is on the disk, with the plan in it, when this returns. */
    Journal begin(ConversionPlan plan, Instant now) throws IOException {
        try {
            return create(plan, now);
        } catch (IOException e) {
            throw new IOException("no journal can be written in " + directory + ", so nothing was begun: " + e, e);
        }
    }

    private Journal create(ConversionPlan plan, Instant now) throws IOException {
        PrivateFiles.createDirectory(directory);
        PrivateFiles.checkTrusted(directory.getParent());
        PrivateFiles.checkTrusted(directory);
        Path folder = directory.resolve(idAfterAllOthers(now));
        PrivateFiles.createDirectory(folder);
        return Journal.create(folder, new JournalEntry.Opened(now, JournalEntry.Opened.FORMAT, plan));
    }

    /**
     * The time, so that a person recognizes it, but always after the newest: a clock that was set back must not put what
     * is done now before what was done then.
     */
    private String idAfterAllOthers(Instant now) throws IOException {
        String id = ID.format(now);
        Optional<String> newest = ids().stream().max(Comparator.naturalOrder());
        return newest.isEmpty() || newest.get().compareTo(id) < 0
                ? id
                : ID.format(ID.parse(newest.get(), Instant::from).plusSeconds(1));
    }

    private List<String> ids() throws IOException {
        List<String> ids = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory)) {
            folders.forEach(folder -> ids.add(folder.getFileName().toString()));
        }
        ids.removeIf(name -> !name.matches(ID_FORM));
        return ids;
    }

    Journal reopen(Record record) throws IOException {
        return Journal.reopen(record.directory());
    }

    /**
     * The conversion that was taken back last, if that has left files behind and no other was made since: they have its
     * ids, and not because they always had.
     */
    Optional<String> notWhollyTakenBack() throws IOException {
        for (Record record : all()) {
            Optional<ConversionOutcome> done =
                    record.outcome().filter(outcome -> outcome.result() == ConversionOutcome.Result.DONE);
            if (done.isPresent() && record.plan().kind() == ConversionKind.CONVERT) {
                return Optional.empty();
            }
            if (done.isPresent() && record.plan().kind() == ConversionKind.ROLL_BACK) {
                boolean all =
                        done.get().leftovers() == 0 && done.get().problems().isEmpty();
                return all ? Optional.empty() : record.plan().rollsBack();
            }
        }
        return Optional.empty();
    }

    /**
     * The manifests of a conversion and of those after it, oldest first. Rollbacks are none: one that was undone has noted the
     * way back of each file, also of one that was made since and is noted nowhere else, and has not gone it.
     */
    List<Manifest> manifestsSince(String id) throws IOException {
        return all().stream()
                .filter(record -> record.id().compareTo(id) >= 0)
                .filter(record -> record.plan().kind() != ConversionKind.ROLL_BACK)
                .sorted(Comparator.comparing(Record::id))
                .map(record -> new Manifest(record.directory()))
                .toList();
    }
}
