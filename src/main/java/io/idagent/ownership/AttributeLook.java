package io.idagent.ownership;

import io.idagent.platform.AttributeNames;
import io.idagent.platform.DirectoryEntries;
import io.idagent.platform.Errno;
import io.idagent.platform.ExtendedAttributes;
import io.idagent.platform.LibC;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Looks for numbers of owners in the extended attributes of files.
 *
 * <p>The list of names is asked for first: it is one call a file, it says "none" of nearly every file, and no status of a
 * file tells as much. What has a name of interest is pinned by the caller and read through the pin. Not for several threads.
 */
final class AttributeLook {

    private static final String TIMESTAMP = "trusted.libvirt.security.timestamp_dac";

    private static final OwnerAttribute[] ATTRIBUTES = OwnerAttribute.values();
    private static final byte[][] LISTED = listed();

    private final LibC libC;
    private final AttributeRules rules;
    private final BootTime boot;
    private final AttributeNames names = new AttributeNames();
    private final byte[] value = new byte[ExtendedAttributes.VALUE_MAX];

    AttributeLook(LibC libC, AttributeRules rules, BootTime boot) {
        this.libC = libC;
        this.rules = rules;
        this.boot = boot;
    }

    private static byte[][] listed() {
        byte[][] names = new byte[ATTRIBUTES.length][];
        for (OwnerAttribute attribute : ATTRIBUTES) {
            names[attribute.ordinal()] = AttributeNames.name(attribute.key());
        }
        return names;
    }

    /** Whether files there can have any of the attributes, as one of its directories shows. */
    boolean isSupported(int directory) {
        for (OwnerAttribute attribute : ATTRIBUTES) {
            if (libC.attributes().get(directory, attribute.key(), value) != -Errno.EOPNOTSUPP) {
                return true;
            }
        }
        return false;
    }

    /** Whether an entry has to be pinned and read. What vanished has nothing; what cannot be listed is read, and fails. */
    boolean mayConcern(int directory, DirectoryEntries entry) {
        return isOfInterest(libC.attributes().list(directory, entry, names));
    }

    /** The same for an entry of the thread's working directory. */
    boolean mayConcern(DirectoryEntries entry) {
        return isOfInterest(libC.attributes().list(entry, names));
    }

    boolean mayConcern(int pin) {
        return isOfInterest(libC.attributes().list(pin, names));
    }

    private boolean isOfInterest(int length) {
        if (length <= 0) {
            return length < 0 && length != -Errno.ENOENT && length != -Errno.EOPNOTSUPP;
        }
        for (byte[] name : LISTED) {
            if (names.contain(name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Reads the attributes of a pinned entry.
     *
     * @param into what the rules have something to say about
     * @return 0, or the negated errno of the first that could not be read
     */
    int read(int pin, List<FoundAttribute> into) {
        for (OwnerAttribute attribute : ATTRIBUTES) {
            int length = libC.attributes().get(pin, attribute.key(), value);
            if (length < 0 && length != -Errno.ENODATA && length != -Errno.EOPNOTSUPP) {
                return length;
            }
            if (length > 0) {
                byte[] found = Arrays.copyOf(value, length);
                rules.judge(attribute, found)
                        .map(verdict -> found(pin, attribute, AttributeValue.of(found), verdict))
                        .ifPresent(into::add);
            }
        }
        return 0;
    }

    private FoundAttribute found(
            int pin, OwnerAttribute attribute, AttributeValue before, AttributeRules.Verdict verdict) {
        boolean stale = attribute == OwnerAttribute.LIBVIRT_RECORD && isFromBeforeTheBoot(pin);
        return new FoundAttribute(attribute, before, verdict.after(), verdict.reason(), stale);
    }

    private boolean isFromBeforeTheBoot(int pin) {
        int length = libC.attributes().get(pin, TIMESTAMP, value);
        if (length <= 0) {
            return false;
        }
        String text = new String(value, 0, length, StandardCharsets.US_ASCII);
        Optional<Long> time = text.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
        return time.isPresent() && boot.isAfter(time.get());
    }
}
