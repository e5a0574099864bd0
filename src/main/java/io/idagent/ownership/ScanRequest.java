package io.idagent.ownership;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to be searched, and for what.
 *
 * <p>To search a whole host for a number: the root "/", the usual roots as exclusions, rules without adoption, and {@code
 * inDepth} false. No name service is asked then.
 *
 * @param roots may lie inside each other; each file is looked at once
 * @param exclusions absolute paths that are left out with everything below, even if a root lies there
 * @param inDepth whether to count orphans that are not adopted, which asks for the name of every id met, and to look for
 *     ids in attributes, which asks the file system about every file once more
 */
public record ScanRequest(
        List<Root> roots, List<Path> exclusions, OwnerRules rules, SharedStorage shared, boolean inDepth) {

    public ScanRequest {
        roots = List.copyOf(roots);
        exclusions = List.copyOf(exclusions);
        for (Path exclusion : exclusions) {
            if (!exclusion.isAbsolute()) {
                throw new IllegalArgumentException("an exclusion must be an absolute path, not '" + exclusion + "'");
            }
        }
    }
}
