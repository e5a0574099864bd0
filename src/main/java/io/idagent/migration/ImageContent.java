package io.idagent.migration;

import java.util.List;
import java.util.Optional;

/**
 * What an image itself says.
 *
 * @param format "raw" for what begins like no format that is known
 * @param backing where the image below lies, as an absolute path; something else for what is no file
 * @param snapshots the names of those that lie inside
 */
public record ImageContent(
        String format, Optional<String> backing, Optional<String> backingFormat, List<String> snapshots) {

    public static final ImageContent RAW = new ImageContent("raw", Optional.empty(), Optional.empty(), List.of());

    public ImageContent {
        snapshots = List.copyOf(snapshots);
    }
}
