package io.idagent.conversion;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.idagent.platform.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The durable record of one conversion: a line of JSON for each event, with a checksum behind it.
 *
 * <p>{@link #append} returns when the line is on the disk. The room for all lines is written when the journal is made,
 * so that a disk that fills up later stops a conversion before it begins, and not half-way.
 */
public final class Journal implements AutoCloseable {

    static final String FILE = "journal";
    /** For all lines but the first, whose length depends on the host. */
    private static final int ROOM = 64 * 1024;

    private static final ObjectMapper JSON = Json.mapper();

    private final Path directory;
    private final FileChannel channel;
    private long end;

    private Journal(Path directory, FileChannel channel, long end) {
        this.directory = directory;
        this.channel = channel;
        this.end = end;
    }

    /** Makes a new journal in a directory that exists and is empty; its first line is on the disk when this returns. */
    static Journal create(Path directory, JournalEntry.Opened opened) throws IOException {
        byte[] first = format(opened).getBytes(StandardCharsets.UTF_8);
        FileChannel channel = PrivateFiles.create(directory.resolve(FILE));
        try {
            // Zero bytes, so that a journal that is still open looks right on a terminal too.
            write(channel, new byte[first.length + ROOM], 0);
            channel.force(true);
            write(channel, first, 0);
            channel.force(true);
            PrivateFiles.syncDirectory(directory);
            PrivateFiles.syncDirectory(directory.getParent());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return new Journal(directory, channel, first.length);
    }

    /** Opens a journal to go on with it; what a crash left of an unfinished line is wiped. */
    static Journal reopen(Path directory) throws IOException {
        Content content = read(directory);
        FileChannel channel =
                FileChannel.open(directory.resolve(FILE), Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        write(channel, new byte[(int) Math.max(0, channel.size() - content.end())], content.end());
        channel.force(true);
        return new Journal(directory, channel, content.end());
    }

    /** @param end where the next line goes */
    record Content(List<JournalEntry> entries, long end) {}

    /**
     * What a journal says. A line that a crash cut off was never acted upon, and is as if not written.
     *
     * @throws IOException also if an intact line follows a damaged one: that was no crash
     */
    static Content read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        List<JournalEntry> entries = new ArrayList<>();
        int end = 0;
        boolean damaged = false;
        int start = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int next = newline < 0 ? text.length() : newline + 1;
            // Without its newline a line is not whole, though its checksum may be right: the next one would join it.
            Optional<JournalEntry> entry = newline < 0 ? Optional.empty() : parse(utf8(text.substring(start, newline)));
            if (entry.isPresent() && damaged) {
                throw new IOException("line " + (entries.size() + 1) + " of " + file + " is damaged, and an intact one"
                        + " follows it: this was no crash. Nothing is done on the strength of this journal");
            }
            if (entry.isPresent()) {
                entries.add(entry.get());
                end = next;
            } else {
                damaged = true;
            }
            start = next;
        }
        return new Content(List.copyOf(entries), end);
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    void append(JournalEntry entry) throws IOException {
        byte[] line = format(entry).getBytes(StandardCharsets.UTF_8);
        write(channel, line, end);
        channel.force(true);
        end += line.length;
    }

    public Path directory() {
        return directory;
    }

    /** Writes the last line, and gives back the room that was not needed. */
    void finish(JournalEntry.Closed entry) throws IOException {
        append(entry);
        channel.truncate(end);
    }

    static String format(JournalEntry entry) throws JsonProcessingException {
        String json = JSON.writerFor(JournalEntry.class).writeValueAsString(entry);
        return json + " " + checksum(json) + "\n";
    }

    /** @return empty if the line is not whole */
    static Optional<JournalEntry> parse(String line) throws IOException {
        int space = line.lastIndexOf(' ');
        if (space < 0 || !checksum(line.substring(0, space)).equals(line.substring(space + 1))) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(line.substring(0, space), JournalEntry.class));
        } catch (JsonProcessingException e) {
            throw new IOException("a journal has the intact line '" + line + "', which another version of this program"
                    + " wrote and this one does not understand: finish it with the version that began it");
        }
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }

    private static void write(FileChannel channel, byte[] bytes, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
