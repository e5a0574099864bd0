package io.idagent.ownership;

import java.nio.file.Path;
import java.util.List;

/**
 * What a scan found. It is complete only if there are no errors.
 *
 * @param entries how many files and directories were looked at
 * @param formerIds sent to the sink as {@link Reason#FORMER_ID}
 * @param adoptableOrphans sent to the sink as {@link Reason#ORPHAN}
 * @param otherOrphans files with a half that has no name and stays; some may be in {@code formerIds} for their other half
 * @param alreadyTarget sent to the sink as {@link Reason#ALREADY_TARGET}
 * @param acls files (counted once for each of their lists) with a former id in an ACL
 * @param ownerRecords files for which libvirt has noted a former id as the owner to give them back to
 * @param staleRecords the same, noted before the last boot; libvirt does not believe them, so they are left
 * @param sharedStorage each shared (or unknown) file system that was met and searched, even if nothing lies there; not sent
 *     to the sink
 * @param carried which of the numbers that are looked for the owners of files have, shared file systems included
 * @param absentRoots roots that do not exist
 * @param errors the first {@value #ERRORS}
 * @param errorCount all of them
 */
public record ScanResult(
        long entries,
        Tally formerIds,
        Tally adoptableOrphans,
        Tally otherOrphans,
        Tally alreadyTarget,
        Tally acls,
        Tally ownerRecords,
        Tally staleRecords,
        List<MountTally> sharedStorage,
        CarriedOwners carried,
        List<Path> absentRoots,
        List<PathError> errors,
        long errorCount) {

    public static final int ERRORS = 100;

    public ScanResult {
        sharedStorage = List.copyOf(sharedStorage);
        absentRoots = List.copyOf(absentRoots);
        errors = List.copyOf(errors);
    }

    /** How much a conversion would change: owners, ACLs and records. */
    public long toChange() {
        return formerIds.files() + adoptableOrphans.files() + acls.files() + ownerRecords.files();
    }

    public boolean isComplete() {
        return errorCount == 0;
    }
}
