package io.idagent.ownership;

import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The owner that libvirt has noted at a file, to give it back when the guest has ended: "+109:+114". */
record LibvirtRecord(Owner owner) {

    private static final Pattern FORM = Pattern.compile("\\+?([0-9]+):\\+?([0-9]+)");

    /** @return empty if it names no numbers; then there is nothing to change in it */
    static Optional<LibvirtRecord> parse(byte[] value) {
        Matcher form = FORM.matcher(new String(value, StandardCharsets.ISO_8859_1));
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new LibvirtRecord(new Owner(Uid.parse(form.group(1)), Gid.parse(form.group(2)))));
        } catch (IllegalArgumentException noId) {
            return Optional.empty();
        }
    }

    byte[] format() {
        return ("+" + owner.uid() + ":+" + owner.gid()).getBytes(StandardCharsets.US_ASCII);
    }

    LibvirtRecord with(Map<Uid, Uid> uids, Map<Gid, Gid> gids) {
        return new LibvirtRecord(
                new Owner(uids.getOrDefault(owner.uid(), owner.uid()), gids.getOrDefault(owner.gid(), owner.gid())));
    }
}
