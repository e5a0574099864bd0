package io.idagent.ownership;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Uid;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Nfs4AclTest {

    /** As a server shows mode 600: owner, group, everyone. */
    private static final Nfs4Acl BEFORE = new Nfs4Acl(List.of(
            new Nfs4Acl.Entry(0, 0, 0x16018f, "OWNER@"),
            new Nfs4Acl.Entry(0, 0x40, 0x120088, "GROUP@"),
            new Nfs4Acl.Entry(0, 0, 0x120088, "EVERYONE@")));

    /** Mode 640 and {@code u:33:r,g:33:rw}, as the NFS server of Linux 6.1 hands it out. */
    private static final Nfs4Acl LIST = new Nfs4Acl(List.of(
            new Nfs4Acl.Entry(0, 0, 0x160187, "OWNER@"),
            new Nfs4Acl.Entry(1, 0, 0x6, "33"),
            new Nfs4Acl.Entry(0, 0, 0x120081, "33"),
            new Nfs4Acl.Entry(0, 0x40, 0x120081, "GROUP@"),
            new Nfs4Acl.Entry(0, 0x40, 0x120087, "33"),
            new Nfs4Acl.Entry(0, 0, 0x120080, "EVERYONE@")));

    /** The bytes that the same server answers after {@code nfs4_setfacl -a A::109:RW}. */
    private static final byte[] GRANTED = HexFormat.of()
            .parseHex("00000007000000000000000000160187000000064f574e45524000000000000100000000000000060000000233330000"
                    + "000000000000000000120081000000023333000000000000000000000012008700000003313039000000000000000040"
                    + "001200810000000647524f5550400000000000000000004000120087000000023333000000000000000000000012008000"
                    + "00000945564552594f4e4540000000");

    private static final Set<Uid> BOTH = Set.of(new Uid(109), new Uid(64055));

    @Test
    void aListIsWrittenAsItWasRead() {
        byte[] bytes = BEFORE.granting(BOTH, 6).format();
        Nfs4Acl read = Nfs4Acl.parse(bytes).orElseThrow();
        assertEquals(5, read.entries().size());
        assertArrayEquals(bytes, read.format());
        assertEquals(0, bytes.length % 4);
    }

    @Test
    void whatIsCutShortIsLeftAlone() {
        byte[] bytes = BEFORE.format();
        for (int length = 0; length < bytes.length; length++) {
            assertTrue(Nfs4Acl.parse(java.util.Arrays.copyOf(bytes, length)).isEmpty(), "length " + length);
        }
        assertTrue(Nfs4Acl.parse(new byte[] {127, -1, -1, -1}).isEmpty());
    }

    /** As Linux's server answers: it sorts, adds rights that everybody has, and denies what an entry lacks. */
    @Test
    void aGrantIsTakenBackInTheServersWordsToo() {
        assertEquals(LIST, Nfs4Acl.parse(GRANTED).orElseThrow().without(LIST, BOTH));
    }

    @Test
    void anEntryThatWasThereBecomesWhatItWas() {
        Nfs4Acl before = with(LIST, new Nfs4Acl.Entry(0, 0, 0x120081, "109"));
        assertEquals(before, Nfs4Acl.parse(GRANTED).orElseThrow().without(before, BOTH));
        assertEquals(before, before.granting(BOTH, 6).without(before, BOTH));
    }

    @Test
    void aGroupOfThatNumberIsSomebodyElse() {
        Nfs4Acl.Entry group = new Nfs4Acl.Entry(0, 0x40, 0x120087, "109");
        Nfs4Acl before = with(LIST, group);

        Nfs4Acl granted = before.granting(BOTH, 6);

        assertEquals(9, granted.entries().size(), "a right of the group is none of the user's");
        assertEquals(before, granted.without(before, BOTH));
        Nfs4Acl groupCameLater = with(Nfs4Acl.parse(GRANTED).orElseThrow(), group);
        assertTrue(groupCameLater.without(LIST, BOTH).entries().contains(group));
    }

    @Test
    void aModeThatSomebodyHasChangedSinceStays() {
        List<Nfs4Acl.Entry> narrowed =
                new ArrayList<>(Nfs4Acl.parse(GRANTED).orElseThrow().entries());
        narrowed.replaceAll(
                entry -> entry.who().equals("GROUP@") ? new Nfs4Acl.Entry(0, 0x40, 0x120080, "GROUP@") : entry);

        Nfs4Acl rest = new Nfs4Acl(narrowed).without(LIST, BOTH);

        assertTrue(rest.entries().contains(new Nfs4Acl.Entry(0, 0x40, 0x120080, "GROUP@")));
        assertEquals(LIST.entries().size(), rest.entries().size());
    }

    private static Nfs4Acl with(Nfs4Acl list, Nfs4Acl.Entry more) {
        List<Nfs4Acl.Entry> entries = new ArrayList<>(list.entries());
        entries.add(2, more);
        return new Nfs4Acl(List.copyOf(entries));
    }

    @Test
    void anotherEntryStays() {
        List<Nfs4Acl.Entry> theirs = new ArrayList<>(BEFORE.granting(BOTH, 6).entries());
        Nfs4Acl.Entry other = new Nfs4Acl.Entry(0, 0, 0x120089, "33");
        theirs.add(other);
        Nfs4Acl rest = new Nfs4Acl(theirs).without(BEFORE, BOTH);
        assertEquals(4, rest.entries().size());
        assertTrue(rest.entries().contains(other));
    }
}
