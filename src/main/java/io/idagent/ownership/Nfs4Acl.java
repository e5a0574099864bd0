package io.idagent.ownership;

import io.idagent.platform.Uid;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An access control list as the NFSv4 client hands it out in {@code system.nfs4_acl}: the number of entries, then type, flags,
 * mask and name of each, in XDR (RFC 7530, section 6.2.1). Numbers stand there as names.
 */
record Nfs4Acl(List<Entry> entries) {

    static final String ATTRIBUTE = "system.nfs4_acl";

    private static final int ALLOW = 0;

    /** READ_DATA, READ_ATTRIBUTES, READ_ACL, SYNCHRONIZE. */
    private static final int READ = 0x1 | 0x80 | 0x20000 | 0x100000;

    /** WRITE_DATA, APPEND_DATA. */
    private static final int WRITE = 0x2 | 0x4;

    record Entry(int type, int flags, int mask, String who) {}

    /** @return empty if it is in no form that this program knows; then it must not be touched */
    static Optional<Nfs4Acl> parse(byte[] value) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(value);
            int count = bytes.getInt();
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int type = bytes.getInt();
                int flags = bytes.getInt();
                int mask = bytes.getInt();
                int length = bytes.getInt();
                if (length < 0 || length > bytes.remaining()) {
                    return Optional.empty();
                }
                byte[] who = new byte[length];
                bytes.get(who);
                bytes.position(bytes.position() + padding(length));
                entries.add(new Entry(type, flags, mask, new String(who, StandardCharsets.UTF_8)));
            }
            return bytes.hasRemaining() ? Optional.empty() : Optional.of(new Nfs4Acl(List.copyOf(entries)));
        } catch (BufferUnderflowException | IllegalArgumentException cut) {
            return Optional.empty();
        }
    }

    byte[] format() {
        int size = 4;
        for (Entry entry : entries) {
            int length = entry.who().getBytes(StandardCharsets.UTF_8).length;
            size += 16 + length + padding(length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(size).putInt(entries.size());
        for (Entry entry : entries) {
            byte[] who = entry.who().getBytes(StandardCharsets.UTF_8);
            bytes.putInt(entry.type())
                    .putInt(entry.flags())
                    .putInt(entry.mask())
                    .putInt(who.length);
            bytes.put(who).put(new byte[padding(who.length)]);
        }
        return bytes.array();
    }

    /** At the front, where nothing that denies comes before. @param permissions 4 or 6, as in a mode */
    Nfs4Acl granting(Set<Uid> uids, int permissions) {
        List<Entry> granted = new ArrayList<>();
        int mask = (permissions & 2) != 0 ? READ | WRITE : READ;
        for (Uid uid : uids) {
            boolean has = entries.stream()
                    .anyMatch(entry -> entry.type() == ALLOW
                            && entry.who().equals(uid.toString())
                            && (entry.mask() & mask) == mask);
            if (!has) {
                granted.add(new Entry(ALLOW, 0, mask, uid.toString()));
            }
        }
        granted.addAll(entries);
        return new Nfs4Acl(List.copyOf(granted));
    }

    /**
     * Without the entries that {@code before} did not have. A server writes a list down in its own words, so entries are
     * known by their names; where nothing else has changed the list is put back as it was, which restores the mode as well.
     */
    Nfs4Acl without(Nfs4Acl before, Set<Uid> uids) {
        List<Entry> rest = new ArrayList<>(entries);
        for (Uid uid : uids) {
            String name = uid.toString();
            boolean had = before.entries.stream().anyMatch(entry -> entry.who().equals(name));
            if (!had) {
                rest.removeIf(entry -> entry.who().equals(name));
            }
        }
        Set<String> names = Set.copyOf(rest.stream().map(Entry::who).toList());
        Set<String> namesBefore =
                Set.copyOf(before.entries.stream().map(Entry::who).toList());
        return names.equals(namesBefore) ? before : new Nfs4Acl(List.copyOf(rest));
    }

    private static int padding(int length) {
        return (4 - length % 4) % 4;
    }
}
