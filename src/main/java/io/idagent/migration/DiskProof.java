package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.platform.GuestMonitor;
import io.idagent.platform.LibvirtUnavailableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Whether a guest's disks answer where it runs now: each is read from and flushed through the guest's own qemu, and qemu's
 * log since the attempt says how that went, and what went wrong before. A flush that fails is not said anywhere.
 */
public final class DiskProof {

    private static final Pattern TROUBLE = Pattern.compile(
            "Permission denied|Input/output error|No medium found|Stale file handle|mage (is|as) corrupt");

    /** A migration that fails says such things of its own connection. */
    private static final Pattern OF_THE_MIGRATION = Pattern.compile("migration|socket|channel|savevm|^read failed");

    private static final int LONGEST = 300;

    private final GuestMonitor monitor;
    private final GuestLog log;

    public DiskProof(GuestMonitor monitor, GuestLog log) {
        this.monitor = monitor;
        this.log = log;
    }

    sealed interface Verdict {
        record Answers() implements Verdict {}

        record Broken(String why) implements Verdict {}

        /** Could not be looked at. */
        record NotSeen(String why) implements Verdict {}
    }

    /** How far the guest's log had got on either side before an attempt. */
    record Begun(String guest, Map<String, Fact<GuestLog.Mark>> marks) {}

    Begun begin(String guest, List<String> uris) {
        Map<String, Fact<GuestLog.Mark>> marks = new TreeMap<>();
        uris.forEach(uri -> marks.put(uri, log.mark(uri, guest)));
        return new Begun(guest, marks);
    }

    /** @param uri where the guest runs now */
    Verdict look(Begun begun, String uri) throws LibvirtUnavailableException {
        GuestMonitor.Reads reads = monitor.readDisks(uri, begun.guest());
        if (reads.notTried().isPresent()) {
            return new Verdict.NotSeen(reads.notTried().get());
        }
        if (reads.refusal().isPresent()) {
            return new Verdict.Broken(reads.refusal().get());
        }
        return begun.marks()
                .get(uri)
                .switchOn(
                        mark -> log.since(
                                        uri,
                                        begun.guest(),
                                        mark.value(),
                                        reads.files().size())
                                .switchOn(lines -> judge(reads.files(), lines.value()), Verdict.NotSeen::new),
                        Verdict.NotSeen::new);
    }

    /** @param files that were read. @param lines of the log since the attempt began */
    static Verdict judge(List<String> files, List<String> lines) {
        List<String> said =
                lines.stream().filter(line -> line.startsWith("read ")).toList();
        if (said.size() < files.size()) {
            return new Verdict.NotSeen("its log tells of " + said.size() + " of " + files.size() + " reads");
        }
        List<String> results = said.subList(said.size() - files.size(), said.size());
        for (int number = 0; number < results.size(); number++) {
            if (results.get(number).startsWith("read failed")) {
                return new Verdict.Broken(files.get(number) + ": " + shown(results.get(number)));
            }
        }
        Optional<String> trouble = lines.stream()
                .filter(line -> TROUBLE.matcher(line).find()
                        && !OF_THE_MIGRATION.matcher(line).find())
                .findFirst();
        return trouble.<Verdict>map(line -> new Verdict.Broken("its log says: " + shown(line)))
                .orElseGet(Verdict.Answers::new);
    }

    /** A guest can have a part in what its qemu says. */
    private static String shown(String line) {
        String plain = line.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "..." : plain;
    }
}
