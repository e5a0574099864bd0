package io.idagent.ownership;

/**
 * Files met before, by device and inode. A set of pairs of numbers in one array: a million of them take 32 MiB, a fifth of
 * what a HashSet of records would.
 */
final class SeenInodes {

    private static final int FIRST_CAPACITY = 64;

    // Pairs; inode 0 marks a free place (no file system gives that number to a file).
    private long[] pairs = new long[2 * FIRST_CAPACITY];
    private int size;

    /** @return false if it was there already */
    boolean add(long device, long inode) {
        if (inode == 0) {
            return true;
        }
        if (4 * size >= pairs.length) {
            grow();
        }
        boolean added = put(device, inode);
        if (added) {
            size++;
        }
        return added;
    }

    private boolean put(long device, long inode) {
        int mask = pairs.length / 2 - 1;
        int place = hash(device, inode) & mask;
        while (pairs[2 * place + 1] != 0) {
            if (pairs[2 * place] == device && pairs[2 * place + 1] == inode) {
                return false;
            }
            place = place + 1 & mask;
        }
        pairs[2 * place] = device;
        pairs[2 * place + 1] = inode;
        return true;
    }

    private void grow() {
        long[] old = pairs;
        pairs = new long[2 * old.length];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i + 1] != 0) {
                put(old[i], old[i + 1]);
            }
        }
    }

    private static int hash(long device, long inode) {
        // The golden ratio spreads inodes that follow one another.
        long mixed = (inode ^ Long.rotateLeft(device, 32)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }
}
