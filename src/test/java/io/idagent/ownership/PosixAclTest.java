package io.idagent.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
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

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
