package io.idagent.ownership;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SeenInodesTest {

    @Test
    void aPairIsNewOnceHoweverManyThereAre() {
        SeenInodes seen = new SeenInodes();
        for (long inode = 1; inode <= 100_000; inode++) {
            assertTrue(seen.add(1, inode));
            assertTrue(seen.add(2, inode));
        }
        for (long inode = 1; inode <= 100_000; inode++) {
            assertFalse(seen.add(1, inode));
            assertFalse(seen.add(2, inode));
        }
        assertTrue(seen.add(3, 1));
    }
}
