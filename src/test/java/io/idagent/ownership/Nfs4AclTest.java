package io.idagent.ownership;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Uid;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Nfs4AclTest {

    /** As a server shows mode 600: owner, group, everyone. */
    private static final Nfs4Acl BEFORE = new Nfs4Acl(List.of(
            new Nfs4Acl.Entry(0, 0, 0x16018f, "OWNER@"),
            new Nfs4Acl.Entry(0, 0x40, 0x120088, "GROUP@"),
            new Nfs4Acl.Entry(0, 0, 0x120088, "EVERYONE@")));

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

    /** A server writes other bits than were asked for, and changes those of the group. */
    @Test
    void aGrantIsTakenBackInTheServersWordsToo() {
        List<Nfs4Acl.Entry> servers = new ArrayList<>();
        servers.add(new Nfs4Acl.Entry(0, 0, 0x16018f, "OWNER@"));
        servers.add(new Nfs4Acl.Entry(0, 0, 0x12018f, "109"));
        servers.add(new Nfs4Acl.Entry(0, 0, 0x12018f, "64055"));
        servers.add(new Nfs4Acl.Entry(0, 0x40, 0x120089, "GROUP@"));
        servers.add(new Nfs4Acl.Entry(0, 0, 0x120088, "EVERYONE@"));
        assertEquals(BEFORE, new Nfs4Acl(servers).without(BEFORE, BOTH));
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
