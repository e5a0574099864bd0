package io.idagent.ownership;

import java.util.Optional;

/** An extended attribute in which numbers of owners stand. */
public enum OwnerAttribute {
    /** Who may use the file beside its owner ({@code acl(5)}). */
    ACL("system.posix_acl_access"),
    /** What new files in the directory get as their {@link #ACL}. */
    DEFAULT_ACL("system.posix_acl_default"),
    /** libvirt's record of the owner to give the file back to. */
    LIBVIRT_RECORD("trusted.libvirt.security.dac");

    private final String key;

    OwnerAttribute(String key) {
        this.key = key;
    }

    /** As in {@code xattr(7)}. */
    public String key() {
        return key;
    }

    public static Optional<OwnerAttribute> ofKey(String key) {
        for (OwnerAttribute attribute : values()) {
            if (attribute.key.equals(key)) {
                return Optional.of(attribute);
            }
        }
        return Optional.empty();
    }
}
