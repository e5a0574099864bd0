package io.idagent.ownership;

import io.idagent.platform.Owner;
import java.util.Optional;

/**
 * What the rules say about one owner.
 *
 * @param after whom the file is to belong to; the owner that it has, if nothing changes
 * @param reason empty if the file is none of our business
 * @param orphanStays a half of the owner has no name, and is not ours to change
 */
public record Verdict(Owner after, Optional<Reason> reason, boolean orphanStays) {}
