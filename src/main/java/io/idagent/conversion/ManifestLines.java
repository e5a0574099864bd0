package io.idagent.conversion;

import io.idagent.ownership.Hit;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** One pass of a {@link Manifest}, to read single lines of. Not for several threads. */
final class ManifestLines implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;
    private final long begin;
    private final long end;
    /** Nearly every line fits. */
    private ByteBuffer buffer = ByteBuffer.allocate(512);

    /** @param begin where its first line stands among the lines of all passes */
    ManifestLines(Path file, long begin) throws IOException {
        this.file = file;
        this.begin = begin;
        this.channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        this.end = begin + channel.size();
    }

    /** Where the next pass begins. */
    long end() {
        return end;
    }

    /** The line that begins at a place among the lines of all passes. */
    Hit read(long place) throws IOException {
        while (true) {
            buffer.clear();
            int length = 0;
            while (buffer.hasRemaining() && length >= 0) {
                length = channel.read(buffer, place - begin + buffer.position());
            }
            for (int i = 0; i < buffer.position(); i++) {
                if (buffer.get(i) == '\n') {
                    String line = new String(buffer.array(), 0, i, StandardCharsets.US_ASCII);
                    return ManifestLine.parse(line, file, place);
                }
            }
            if (length < 0) {
                throw new EOFException(file + " is shorter than it was a moment ago");
            }
            buffer = ByteBuffer.allocate(buffer.capacity() * 4);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
