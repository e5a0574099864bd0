package io.idagent.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PosixAclTest {

    private static final Map<Uid, Uid> UIDS = Map.of(new Uid(109), new Uid(64055));
    private static final Map<Gid, Gid> GIDS = Map.of(new Gid(114), new Gid(64055));

    /** user::rw- user:109:rw- group::r-- group:114:r-- mask::rw- other::---, as getfattr shows it. */
    private static final byte[] REAL = bytes("02000000" + "01000600ffffffff" + "020006006d000000" + "04000400ffffffff"
            + "0800040072000000" + "10000600ffffffff" + "20000000ffffffff");

    @Test
    void whatIsReadIsWrittenByteByByte() {
        assertEquals(
                HexFormat.of().formatHex(REAL),
                HexFormat.of().formatHex(PosixAcl.parse(REAL).orElseThrow().format()));
    }

    @Test
    void idsChangeWithinTheirKindOnly() {
        PosixAcl after = PosixAcl.parse(REAL).orElseThrow().with(UIDS, GIDS);
        assertEquals(new PosixAcl.Entry(2, 6, 64055), after.entries().get(1));
        assertEquals(new PosixAcl.Entry(8, 4, 64055), after.entries().get(3));
        PosixAcl swapped = PosixAcl.parse(REAL)
                .orElseThrow()
                .with(Map.of(new Uid(114), new Uid(1)), Map.of(new Gid(109), new Gid(1)));
        assertEquals(PosixAcl.parse(REAL).orElseThrow(), swapped);
    }

    @Test
    void whatIsNoAclOfThisVersionIsLeftAlone() {
        assertTrue(PosixAcl.parse(new byte[0]).isEmpty());
        assertTrue(PosixAcl.parse(Arrays.copyOf(REAL, REAL.length - 1)).isEmpty());
        assertTrue(PosixAcl.parse(bytes("03000000")).isEmpty());
        assertTrue(PosixAcl.parse(bytes("0200000002000600ffffffff")).isEmpty(), "an entry for no id");
    }

    private static final Uid OLD = new Uid(109);
    private static final Uid NEW = new Uid(64055);

    @Test
    void aGrantIsTakenBackToTheModeItCameFrom() {
        for (int mode : List.of(0600, 0640, 0644, 0660, 0400, 0000)) {
            PosixAcl before = PosixAcl.ofMode(mode);
            PosixAcl granted = before.granting(Set.of(OLD, NEW), 6);
            assertEquals(6, granted.entries().size());
            assertEquals(before, granted.without(before, granted), Integer.toOctalString(mode));
        }
    }

    /** The mask was all that kept uid 33 from writing: to widen it must not give anything to 33. */
    @Test
    void nobodyElseGainsByAGrant() {
        PosixAcl before = new PosixAcl(List.of(
                new PosixAcl.Entry(1, 6, -1),
                new PosixAcl.Entry(2, 7, 33),
                new PosixAcl.Entry(4, 6, -1),
                new PosixAcl.Entry(16, 4, -1),
                new PosixAcl.Entry(32, 0, -1)));
        PosixAcl granted = before.granting(Set.of(OLD), 6);
        assertTrue(granted.entries().contains(new PosixAcl.Entry(2, 4, 33)));
        assertTrue(granted.entries().contains(new PosixAcl.Entry(4, 4, -1)));
        assertTrue(granted.entries().contains(new PosixAcl.Entry(16, 6, -1)));
        assertEquals(before, granted.without(before, granted));
    }

    @Test
    void whatOthersHaveChangedSinceStaysTheirs() {
        PosixAcl before = PosixAcl.ofMode(0600);
        PosixAcl granted = before.granting(Set.of(OLD), 6);
        PosixAcl theirs = granted.granting(Set.of(new Uid(33)), 4);
        PosixAcl rest = theirs.without(before, granted);
        assertEquals(
                before.granting(Set.of(new Uid(33)), 4).entries().get(1),
                rest.entries().get(1));
        assertTrue(rest.entries().stream().noneMatch(entry -> entry.id() == OLD.bits()));
    }

    /** chmod narrows the mask of a list, and means the group. */
    @Test
    void aModeThatWasNarrowedMeanwhileStaysNarrow() {
        PosixAcl before = PosixAcl.ofMode(0660);
        PosixAcl granted = before.granting(Set.of(OLD), 6);
        PosixAcl narrowed = new PosixAcl(granted.entries().stream()
                .map(entry -> entry.tag() == 16 ? entry.with(0) : entry)
                .toList());
        assertEquals(PosixAcl.ofMode(0600), narrowed.without(before, granted));
    }

    @Test
    void anEntryThatWasThereBeforeIsThereAfterwards() {
        PosixAcl before = PosixAcl.ofMode(0600).granting(Set.of(OLD), 4);
        PosixAcl granted = before.granting(Set.of(OLD, NEW), 6);
        assertEquals(before, granted.without(before, granted));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
