package io.idagent.ownership;

/**
 * An attribute that the rules have something to say about.
 *
 * @param stale libvirt does not believe it any more: it was made before the last boot
 */
record FoundAttribute(
        OwnerAttribute attribute, AttributeValue before, AttributeValue after, Reason reason, boolean stale) {}
