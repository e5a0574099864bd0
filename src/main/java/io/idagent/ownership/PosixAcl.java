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

    private static final int OWNER = 0x01;
    private static final int NAMED_USER = 0x02;
    private static final int GROUP = 0x04;
    private static final int NAMED_GROUP = 0x08;
    private static final int MASK = 0x10;
    private static final int OTHERS = 0x20;
    private static final int NOBODY = -1;

    /** The tags rise in the order in which the kernel wants the entries; only named users and groups come more than once. */
    private static final Comparator<Entry> ORDER =
            Comparator.comparingInt(Entry::tag).thenComparing(Entry::id, Integer::compareUnsigned);

    record Entry(int tag, int permissions, int id) {

        boolean isNamed() {
            return tag == NAMED_USER || tag == NAMED_GROUP;
        }

        Entry with(int others) {
            return new Entry(tag, others, id);
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

    /** What a file without a list has: its mode. */
    static PosixAcl ofMode(int mode) {
        return new PosixAcl(List.of(
                new Entry(OWNER, mode >> 6 & 7, NOBODY),
                new Entry(GROUP, mode >> 3 & 7, NOBODY),
                new Entry(OTHERS, mode & 7, NOBODY)));
    }

    /**
     * The same with at least these permissions for these users. Nobody else gains: what the mask has kept from others
     * is taken from their entries before the mask is widened.
     */
    PosixAcl granting(Set<Uid> uids, int permissions) {
        int bound = mask().map(Entry::permissions).orElse(7);
        int mask = mask().or(this::group).map(Entry::permissions).orElse(0) | permissions;
        List<Entry> granted = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.tag() == NAMED_USER && uids.contains(Uid.ofBits(entry.id()))) {
                continue;
            }
            boolean isBound = entry.isNamed() || entry.tag() == GROUP;
            if (entry.tag() != MASK) {
                granted.add(isBound ? entry.with(entry.permissions() & bound) : entry);
            }
        }
        for (Uid uid : uids) {
            int had = named(uid).map(Entry::permissions).orElse(0) & bound;
            granted.add(new Entry(NAMED_USER, had | permissions, uid.bits()));
        }
        granted.add(new Entry(MASK, mask, NOBODY));
        granted.sort(ORDER);
        return new PosixAcl(granted);
    }

    /**
     * This list without what made {@code after} out of {@code before}. What somebody else has changed since stays as it
     * is: entries that are still as they were made become what they were, those that were added go, no other is touched.
     */
    PosixAcl without(PosixAcl before, PosixAcl after) {
        if (equals(after)) {
            return before;
        }
        List<Entry> rest = new ArrayList<>();
        for (Entry entry : entries) {
            Optional<Entry> had = before.same(entry);
            Optional<Entry> made = after.same(entry);
            if (had.isEmpty() && made.isPresent() && entry.tag() == NAMED_USER) {
                continue;
            }
            rest.add(had.isPresent() && made.filter(entry::equals).isPresent() ? had.get() : entry);
        }
        boolean needsMask =
                rest.stream().anyMatch(Entry::isNamed) || before.mask().isPresent();
        Optional<Entry> mask = mask();
        if (!needsMask && mask.isPresent()) {
            // A chmod since then has narrowed the mask and meant the group.
            boolean narrowed = after.mask().filter(mask.get()::equals).isEmpty();
            rest.removeIf(entry -> entry.tag() == MASK);
            rest.replaceAll(entry -> entry.tag() == GROUP && narrowed
                    ? entry.with(entry.permissions() & mask.get().permissions())
                    : entry);
        }
        rest.sort(ORDER);
        return new PosixAcl(rest);
    }

    /** Whether an entry of its own gives a user this. */
    boolean lets(Uid uid, int permissions) {
        int bound = mask().map(Entry::permissions).orElse(7);
        return named(uid)
                .filter(entry -> (entry.permissions() & bound & permissions) == permissions)
                .isPresent();
    }

    private Optional<Entry> same(Entry other) {
        return entries.stream()
                .filter(entry -> entry.tag() == other.tag() && entry.id() == other.id())
                .findFirst();
    }

    private Optional<Entry> mask() {
        return entries.stream().filter(entry -> entry.tag() == MASK).findFirst();
    }

    private Optional<Entry> group() {
        return entries.stream().filter(entry -> entry.tag() == GROUP).findFirst();
    }

    private Optional<Entry> named(Uid uid) {
        return entries.stream()
                .filter(entry -> entry.tag() == NAMED_USER && entry.id() == uid.bits())
                .findFirst();
    }
}
