package io.idagent.conversion;

import io.idagent.ownership.Hit;
import io.idagent.ownership.OwnershipScanner;
import io.idagent.ownership.PathError;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.NameServiceException;
import java.io.IOException;
import java.util.Optional;

/**
 * Lists the files that will change, while libvirt is still up and guests may still run: the time that libvirt is down
 * must not depend on how many files there are.
 */
final class InventoryStep implements StepAction {

    /** What becomes of a found file: a rollback replaces the new owner by the one it had. */
    interface Correction extends AutoCloseable {
        /** @return the hit to note, or null if the file is to stay as it is */
        Hit apply(Hit hit) throws IOException;

        @Override
        default void close() throws IOException {}
    }

    private final OwnershipScanner scanner;
    private final TreeBase base;
    private final Conversions conversions;

    InventoryStep(OwnershipScanner scanner, TreeBase base, Conversions conversions) {
        this.scanner = scanner;
        this.base = base;
        this.conversions = conversions;
    }

    @Override
    public String run(Undertaking work) throws IOException, NameServiceException {
        Pass found = scan(work, 1);
        if (work.plan().kind() == ConversionKind.CONVERT) {
            searchOutside(work);
        }
        return found.toChange() + " of " + found.found().entries() + " files";
    }

    /** All local file systems outside the roots, for the numbers that are given up; once in a run, it takes time. */
    ScanResult searchOutside(Undertaking work) throws IOException, NameServiceException {
        if (work.outside().isEmpty()) {
            work.outside(scanner.scan(base, work.plan().files().scanOutside(), hit -> {}, entries -> work.listener()
                    .progress(Step.INVENTORY, entries, 0)));
        }
        return work.outside().get();
    }

    record Pass(ScanResult found, long toChange) {}

    /** Scans the roots and writes what is found as one pass of the manifest. */
    Pass scan(Undertaking work, int pass) throws IOException, NameServiceException {
        long[] listed = {0};
        long[] toChange = {0};
        try (Correction correction = correction(work, pass);
                Manifest.PassWriter writer = work.manifest().begin(pass)) {
            ScanResult result = scanner.scan(
                    base,
                    pass == 1 ? work.plan().files().scan() : work.plan().files().scanAgain(),
                    hit -> {
                        Hit corrected = correction.apply(hit);
                        if (corrected != null) {
                            writer.add(corrected);
                            listed[0]++;
                            toChange[0] += corrected.changes() ? 1 : 0;
                        }
                    },
                    entries -> work.listener().progress(Step.INVENTORY, entries, 0));
            if (pass == 1
                    && work.plan().kind() == ConversionKind.CONVERT
                    && !result.errors().isEmpty()) {
                work.manifest().noteUnread(result.errors());
            }
            writer.complete();
            work.listed(listed[0]);
            for (PathError error : result.errors()) {
                work.problem(error.path() + ": " + error.sentence());
            }
            return new Pass(result, toChange[0]);
        }
    }

    private Correction correction(Undertaking work, int pass) throws IOException {
        if (work.plan().rollsBack().isPresent()) {
            return ownersBefore(work.plan().rollsBack().get(), (place, first) -> {
                if (pass == 1) { // Later ones meet the same files.
                    work.problem("Below " + place + " files are left with the ids they have, such as " + first
                            + ": whether they had them before the conversion is not known, as it could not look there");
                }
            });
        }
        Optional<String> remains =
                work.plan().kind() == ConversionKind.CONVERT ? conversions.notWhollyTakenBack() : Optional.empty();
        if (remains.isEmpty()) {
            return hit -> hit;
        }
        FormerOwners before = ownersBefore(remains.get(), (place, first) -> {});
        return new Correction() {
            @Override
            public Hit apply(Hit hit) throws IOException {
                return hit.changes() ? hit : before.asItWas(hit);
            }

            @Override
            public void close() throws IOException {
                before.close();
            }
        };
    }

    private FormerOwners ownersBefore(String conversion, FormerOwners.Doubts doubts) throws IOException {
        return FormerOwners.of(
                conversions.manifestsSince(conversion), (one, other) -> scanner.isSameFile(base, one, other), doubts);
    }
}
