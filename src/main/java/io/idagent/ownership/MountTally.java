package io.idagent.ownership;

/**
 * What lies on storage that another host may be using: found, and left as it is.
 *
 * @param mountPoint as in mountinfo, printable
 * @param fileSystemType as in mountinfo; one that this program does not know is treated as shared
 * @param tally files that would be changed if the storage were local
 */
public record MountTally(String mountPoint, String fileSystemType, Tally tally) {}
