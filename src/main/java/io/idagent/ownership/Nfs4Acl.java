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

    /** IDENTIFIER_GROUP: the number is a group's, and nothing to a user of the same number. */
    private static final int OF_GROUP = 0x40;

    /** READ_DATA, WRITE_DATA, APPEND_DATA, EXECUTE: what a mode has too. The rest each server words as it likes. */
    private static final int RIGHTS = 0x1 | 0x2 | 0x4 | 0x20;

    record Entry(int type, int flags, int mask, String who) {

        private boolean isForUser(Uid uid) {
            return (flags & OF_GROUP) == 0 && who.equals(uid.toString());
        }

        private Entry inEveryServersWords() {
            return new Entry(type, flags & OF_GROUP, mask & RIGHTS, who);
        }
    }

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
                    .anyMatch(entry -> entry.type() == ALLOW && entry.isForUser(uid) && (entry.mask() & mask) == mask);
            if (!has) {
                granted.add(new Entry(ALLOW, 0, mask, uid.toString()));
            }
        }
        granted.addAll(entries);
        return new Nfs4Acl(List.copyOf(granted));
    }

    /**
     * With what {@code before} had for these users, instead of what they have now. Where nobody has changed anything else
     * meanwhile the list is put back as it was, which restores the mode as well.
     */
    Nfs4Acl without(Nfs4Acl before, Set<Uid> uids) {
        List<Entry> others = others(uids);
        if (inEveryServersWords(others).equals(inEveryServersWords(before.others(uids)))) {
            return before;
        }
        List<Entry> rest = new ArrayList<>(before.entries);
        rest.removeAll(before.others(uids));
        rest.addAll(others);
        return new Nfs4Acl(List.copyOf(rest));
    }

    private List<Entry> others(Set<Uid> uids) {
        return entries.stream()
                .filter(entry -> uids.stream().noneMatch(entry::isForUser))
                .toList();
    }

    private static List<Entry> inEveryServersWords(List<Entry> entries) {
        return entries.stream().map(Entry::inEveryServersWords).toList();
    }

    private static int padding(int length) {
        return (4 - length % 4) % 4;
    }
}
