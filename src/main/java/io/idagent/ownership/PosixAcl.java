package io.idagent.ownership;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An access control list as the kernel hands it out in the {@code system.posix_acl_*} attributes: a version, then tag,
 * permissions and id of each entry, all little-endian ({@code linux/posix_acl_xattr.h}).
 */
record PosixAcl(List<Entry> entries) {

    private static final int VERSION = 2;
    private static final int HEADER_SIZE = 4;
    private static final int ENTRY_SIZE = 8;

    private static final int NAMED_USER = 0x02;
    private static final int NAMED_GROUP = 0x08;

    /** The tags rise in the order in which the kernel wants the entries; only named users and groups come more than once. */
    private static final Comparator<Entry> ORDER =
            Comparator.comparingInt(Entry::tag).thenComparing(Entry::id, Integer::compareUnsigned);

    record Entry(int tag, int permissions, int id) {

        boolean isNamed() {
            return tag == NAMED_USER || tag == NAMED_GROUP;
        }

        boolean isForSameAs(Entry other) {
            return tag == other.tag && id == other.id && isNamed();
        }
    }

    /** @return empty if it is in no form that this program knows; then it must not be touched */
    static Optional<PosixAcl> parse(byte[] value) {
        ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (value.length < HEADER_SIZE || (value.length - HEADER_SIZE) % ENTRY_SIZE != 0 || bytes.getInt() != VERSION) {
            return Optional.empty();
        }
        List<Entry> entries = new ArrayList<>();
        while (bytes.hasRemaining()) {
            Entry entry = new Entry(
                    Short.toUnsignedInt(bytes.getShort()), Short.toUnsignedInt(bytes.getShort()), bytes.getInt());
            if (entry.isNamed() && entry.id() == -1) {
                return Optional.empty();
            }
            entries.add(entry);
        }
        return Optional.of(new PosixAcl(entries));
    }

    byte[] format() {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_SIZE + ENTRY_SIZE * entries.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(VERSION);
        for (Entry entry : entries) {
            bytes.putShort((short) entry.tag())
                    .putShort((short) entry.permissions())
                    .putInt(entry.id());
        }
        return bytes.array();
    }

    /**
     * The same with other ids. Where an id becomes one that has an entry already, there is one entry with what either
     * allowed: nobody loses access, and the mask, which stays, still bounds what is gained.
     */
    PosixAcl with(Map<Uid, Uid> uids, Map<Gid, Gid> gids) {
        List<Entry> renamed = new ArrayList<>();
        for (Entry entry : entries) {
            addMerged(renamed, renamed(entry, uids, gids));
        }
        if (!renamed.equals(entries)) {
            renamed.sort(ORDER);
        }
        return new PosixAcl(renamed);
    }

    boolean names(Set<Uid> uids, Set<Gid> gids) {
        return entries.stream()
                .anyMatch(entry -> entry.tag() == NAMED_USER && uids.contains(Uid.ofBits(entry.id()))
                        || entry.tag() == NAMED_GROUP && gids.contains(Gid.ofBits(entry.id())));
    }

    private static Entry renamed(Entry entry, Map<Uid, Uid> uids, Map<Gid, Gid> gids) {
        if (entry.tag() == NAMED_USER) {
            Uid uid = Uid.ofBits(entry.id());
            return new Entry(
                    entry.tag(),
                    entry.permissions(),
                    uids.getOrDefault(uid, uid).bits());
        }
        if (entry.tag() == NAMED_GROUP) {
            Gid gid = Gid.ofBits(entry.id());
            return new Entry(
                    entry.tag(),
                    entry.permissions(),
                    gids.getOrDefault(gid, gid).bits());
        }
        return entry;
    }

    private static void addMerged(List<Entry> entries, Entry entry) {
        for (int i = 0; i < entries.size(); i++) {
            Entry other = entries.get(i);
            if (entry.isForSameAs(other)) {
                entries.set(i, new Entry(other.tag(), other.permissions() | entry.permissions(), other.id()));
                return;
            }
        }
        entries.add(entry);
    }
}
