package io.idagent.conversion;

import io.idagent.ownership.Hit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The lines of manifests, found by the inode of the file, in eight bytes of memory each: what stands in a line is read
 * from the disk when it is asked for. So a conversion of millions of files can be taken back with the heap that the program
 * has. Not for several threads.
 */
final class NotedFiles implements AutoCloseable {

    /** A line's place among all lines, counted in bytes from the beginning of the first pass: up to a terabyte. */
    private static final int PLACE_BITS = 40;

    private static final long PLACE = (1L << PLACE_BITS) - 1;

    private final List<ManifestLines> passes = new ArrayList<>();
    /** Hash of the inode above, place below: sorted, the lines of one inode stand together, in the order of their writing. */
    private final long[] lines;

    private int count;

    private NotedFiles(long most) {
        lines = new long[Math.toIntExact(most)];
    }

    /** @param manifests oldest first */
    static NotedFiles in(List<Manifest> manifests) throws IOException {
        long most = 0;
        for (Manifest manifest : manifests) {
            for (int pass : manifest.passes()) {
                most += manifest.mostLines(pass);
            }
        }
        NotedFiles noted = new NotedFiles(most);
        try {
            noted.remember(manifests);
            return noted;
        } catch (IOException | RuntimeException e) {
            noted.close();
            throw e;
        }
    }

    private void remember(List<Manifest> manifests) throws IOException {
        long begin = 0;
        for (Manifest manifest : manifests) {
            for (int pass : manifest.passes()) {
                ManifestLines opened = manifest.open(pass, begin);
                passes.add(opened);
                long first = begin;
                manifest.readLines(pass, (hit, offset) -> lines[count++] = hash(hit.inode()) | first + offset);
                begin = opened.end();
            }
        }
        if (begin > PLACE) {
            throw new IOException("the manifests are longer than a terabyte");
        }
        Arrays.sort(lines, 0, count);
    }

    /** What was noted of files with this inode, which may be several on several file systems, in the order of writing. */
    List<Hit> withInode(long inode) throws IOException {
        long hash = hash(inode);
        int at = Arrays.binarySearch(lines, 0, count, hash);
        List<Hit> found = new ArrayList<>(2);
        for (int i = at < 0 ? -at - 1 : at; i < count && (lines[i] & ~PLACE) == hash; i++) {
            Hit hit = read(lines[i] & PLACE);
            if (hit.inode() == inode) {
                found.add(hit);
            }
        }
        return found;
    }

    private Hit read(long place) throws IOException {
        for (ManifestLines pass : passes) {
            if (place < pass.end()) {
                return pass.read(place);
            }
        }
        throw new IOException("no manifest has a line at " + place);
    }

    private static long hash(long inode) {
        return inode * 0x9E3779B97F4A7C15L & ~PLACE;
    }

    @Override
    public void close() throws IOException {
        for (ManifestLines pass : passes) {
            pass.close();
        }
    }
}
