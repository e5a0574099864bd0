package io.idagent.conversion;

import static io.idagent.host.HostStory.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.host.HostStory;
import io.idagent.ownership.Hit;
import io.idagent.ownership.OwnerHit;
import io.idagent.ownership.Reason;
import io.idagent.platform.FileType;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import io.idagent.properties.Chance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the bytes of a journal, it never says what was not written into it. */
class JournalPropertiesTest {

    private static final Path FILE = Path.of("manifest-1");

    @TempDir
    private Path directory;

    @Test
    void aDamagedJournalSaysTheBeginningOfWhatWasWrittenOrNothing() throws IOException {
        List<JournalEntry> written = new ArrayList<>();
        written.add(new JournalEntry.Opened(
                NOON, JournalEntry.Opened.FORMAT, ConversionPlannerTest.plan(HostStory.oldHost())));
        for (Step step : Step.values()) {
            written.add(new JournalEntry.Started(NOON, step));
            written.add(new JournalEntry.Done(NOON, step));
        }
        written.add(new JournalEntry.Closed(NOON, Outcomes.done()));
        StringBuilder text = new StringBuilder();
        for (JournalEntry entry : written) {
            text.append(Journal.format(entry));
        }
        byte[] whole = text.toString().getBytes(StandardCharsets.UTF_8);

        Chance.always(chance -> {
            Files.write(directory.resolve(Journal.FILE), chance.damaged(whole));
            try {
                List<JournalEntry> read = Journal.read(directory).entries();
                assertTrue(isOrder(read, written), () -> "it says " + read);
            } catch (IOException clear) {
                assertTrue(clear.getMessage().contains("journal"), clear.getMessage());
            }
        });
    }

    /** Whole lines may have been taken out or doubled by hand; each that is there was written. */
    private static boolean isOrder(List<JournalEntry> read, List<JournalEntry> written) {
        return written.containsAll(read);
    }

    @Test
    void aLineOfAManifestComesBackAsItWasWritten() {
        Chance.always(chance -> {
            Hit hit = hit(chance);
            String line = ManifestLine.format(hit);
            assertEquals(hit, ManifestLine.parse(line.substring(0, line.length() - 1), FILE, 1));
            assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\n'), line);
            assertEquals(line.length() - 1, line.indexOf('\n'));
        });
    }

    @Test
    void aDamagedLineOfAManifestIsALineOrAnError() {
        Chance.always(chance -> {
            String line = chance.damaged(ManifestLine.format(hit(chance)));
            try {
                ManifestLine.parse(line, FILE, 1);
            } catch (IOException clear) {
                assertTrue(clear.getMessage().startsWith("line 1 of manifest-1 is damaged"), clear.getMessage());
            }
        });
    }

    private static Hit hit(Chance chance) {
        byte[] name = chance.bytes(30);
        for (int i = 0; i < name.length; i++) {
            name[i] = name[i] == 0 || name[i] == '/' || name[i] == '.' ? (byte) ' ' : name[i];
        }
        return new OwnerHit(
                name.length == 0 ? RawPath.ROOT : RawPath.ofNames(List.of(name)),
                chance.number(),
                chance.oneOf(FileType.values()),
                chance.below(010000),
                new Owner(new Uid(chance.number()), new Gid(chance.number())),
                new Owner(new Uid(chance.number()), new Gid(chance.number())),
                chance.oneOf(Reason.values()),
                chance.number());
    }
}
