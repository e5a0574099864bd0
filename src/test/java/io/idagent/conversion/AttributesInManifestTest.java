package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.idagent.ownership.AttributeHit;
import io.idagent.ownership.AttributeValue;
import io.idagent.ownership.Hit;
import io.idagent.ownership.OwnerAttribute;
import io.idagent.ownership.Reason;
import io.idagent.platform.FileType;
import io.idagent.platform.RawPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttributesInManifestTest {

    private static final AttributeValue OLD = AttributeValue.parse("0x6f6c64");
    private static final AttributeValue NEW = AttributeValue.parse("0x6e6577");
    private static final AttributeValue OTHER = AttributeValue.parse("0x");

    private static final RawPath ANOTHER_NAME = RawPath.ofBytes("/other".getBytes());

    @TempDir
    Path folder;

    @Test
    void aLineKeepsTheOldValueWhole() throws Exception {
        AttributeHit hit = hit(OLD, NEW, Reason.FORMER_ID);
        String line = ManifestLine.format(hit);
        assertEquals("FORMER_ID REGULAR 18446744073709551615 system.posix_acl_access 0x6f6c64 0x6e6577 /a%20b\n", line);
        assertEquals(hit, ManifestLine.parse(line.strip(), folder, 1));
    }

    @Test
    void aRollbackSetsTheValueThatWasThere() throws Exception {
        FormerOwners former = converted(hit(OLD, NEW, Reason.FORMER_ID));
        assertEquals(hit(NEW, OLD, Reason.FORMER_ID), former.apply(hit(NEW, OTHER, Reason.FORMER_ID)));
    }

    @Test
    void aRollbackOfSeveralChangesGoesBackToTheFirst() throws Exception {
        FormerOwners former = converted(hit(OLD, OTHER, Reason.FORMER_ID), hit(OTHER, NEW, Reason.FORMER_ID));
        assertEquals(hit(NEW, OLD, Reason.FORMER_ID), former.apply(hit(NEW, OTHER, Reason.FORMER_ID)));
    }

    @Test
    void whatNamedTheTargetAllAlongStays() throws Exception {
        FormerOwners former = converted(hit(NEW, NEW, Reason.ALREADY_TARGET));
        assertNull(former.apply(hit(NEW, OLD, Reason.FORMER_ID)));
    }

    @Test
    void whatSomebodyHasChangedSinceGoesBackByItsNumbers() throws Exception {
        FormerOwners former = converted(hit(OLD, NEW, Reason.FORMER_ID));
        AttributeHit changed = hit(OTHER, NEW, Reason.FORMER_ID);
        assertEquals(changed, former.apply(changed));
    }

    @Test
    void aFileIsKnownUnderAnotherOfItsNames() throws Exception {
        FormerOwners former = converted(hit(OLD, NEW, Reason.FORMER_ID));
        AttributeHit renamed =
                new AttributeHit(ANOTHER_NAME, -1, FileType.REGULAR, OwnerAttribute.ACL, NEW, OTHER, Reason.FORMER_ID);
        assertEquals(renamed.withAfter(OLD), former.apply(renamed));
        AttributeHit stranger = new AttributeHit(
                RawPath.ofBytes("/stranger".getBytes()),
                -1,
                FileType.REGULAR,
                OwnerAttribute.ACL,
                NEW,
                OTHER,
                Reason.FORMER_ID);
        assertEquals(stranger, former.apply(stranger));
    }

    private FormerOwners converted(Hit... hits) throws Exception {
        Manifest manifest = new Manifest(folder);
        try (Manifest.PassWriter writer = manifest.begin(1)) {
            for (Hit hit : hits) {
                writer.add(hit);
            }
            writer.complete();
        }
        List<Hit> read = new ArrayList<>();
        manifest.read(1, read::add);
        assertEquals(List.of(hits), read);
        return FormerOwners.of(List.of(manifest), (one, other) -> other.equals(ANOTHER_NAME), (place, first) -> {});
    }

    private static AttributeHit hit(AttributeValue before, AttributeValue after, Reason reason) {
        RawPath path = RawPath.ofBytes("/a b".getBytes());
        return new AttributeHit(path, -1, FileType.REGULAR, OwnerAttribute.ACL, before, after, reason);
    }
}
