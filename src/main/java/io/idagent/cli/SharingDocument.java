package io.idagent.cli;

import io.idagent.platform.Uid;
import java.time.Instant;
import java.util.List;

/** What {@code share} says, as the JSON document that the README describes. */
record SharingDocument(
        int format, int exitCode, String sentence, List<Shared> grants, List<String> notes, List<String> problems) {

    /** @param form "POSIX_ACL", "NFS4_ACL", "MODE" */
    record Shared(String path, List<Uid> uids, String form, Instant at, List<String> domains) {}
}
