package io.idagent.conversion;

import io.idagent.ownership.Hit;
import io.idagent.ownership.PathError;
import io.idagent.ownership.ScanResult;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that a conversion changes, each with its old and its new owner, one line a file; and one for each attribute that
 * changes.
 *
 * <p>It is plain text, so that a person can read it at night and repair by hand: {@code why type inode mode old new
 * size path} for an owner, {@code why type inode attribute old new path} for an attribute, its values as {@code setfattr -v}
 * takes them. It comes in passes: each pass is a file of its own, complete and on the disk before the first owner that it
 * announces is changed.
 */
final class Manifest {

    private static final String PREFIX = "manifest-";
    private static final String END = "end ";
    private static final String UNREAD = PREFIX + "unread";

    private final Path directory;

    Manifest(Path directory) {
        this.directory = directory;
    }

    /** Writes one pass. Nothing of it counts until {@link PassWriter#complete}. */
    PassWriter begin(int pass) throws IOException {
        return new PassWriter(file(pass));
    }

    /** Remembers what the first pass could not look at: which files there had the new ids all along is not known. */
    void noteUnread(List<PathError> errors) throws IOException {
        // Of very many a scan names the first only. Then it is not known where it has looked.
        List<String> places = errors.size() >= ScanResult.ERRORS
                ? List.of("/")
                : errors.stream().map(PathError::path).distinct().toList();
        PrivateFiles.put(
                directory.resolve(UNREAD), (String.join("\n", places) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Printable paths; nothing below one of them was seen for certain. */
    List<String> unread() throws IOException {
        Path file = directory.resolve(UNREAD);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        PrivateFiles.checkTrusted(file);
        return Files.readAllLines(file);
    }

    /** The numbers of the complete passes, in order. */
    List<Integer> passes() throws IOException {
        List<Integer> passes = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.matches(PREFIX + "[0-9]+")) {
                    passes.add(Integer.parseInt(name.substring(PREFIX.length())));
                }
            }
        }
        passes.sort(Comparator.naturalOrder());
        return passes;
    }

    interface Reader {
        void read(Hit hit) throws IOException;
    }

    interface LineReader {
        /** @param offset where the line begins in its file */
        void read(Hit hit, long offset) throws IOException;
    }

    /** To look up single lines of a pass. */
    ManifestLines open(int pass, long begin) throws IOException {
        PrivateFiles.checkTrusted(file(pass));
        return new ManifestLines(file(pass), begin);
    }

    /** More lines than a pass has, but for a few: quick, as none of them is looked at. */
    long mostLines(int pass) throws IOException {
        Path file = file(pass);
        PrivateFiles.checkTrusted(file);
        long lines = 1; // one that is cut short
        byte[] part = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int length = in.read(part); length >= 0; length = in.read(part)) {
                for (int i = 0; i < length; i++) {
                    lines += part[i] == '\n' || part[i] == '\r' ? 1 : 0;
                }
            }
        }
        return lines;
    }

    /** Reads one pass line by line; its length does not matter. */
    void read(int pass, Reader reader) throws IOException {
        readLines(pass, (hit, offset) -> reader.read(hit));
    }

    void readLines(int pass, LineReader reader) throws IOException {
        Path file = file(pass);
        PrivateFiles.checkTrusted(file);
        long lines = 0;
        long offset = 0;
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), StandardCharsets.US_ASCII),
                1 << 16)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(END)) {
                    if (!line.equals(END + lines)) {
                        throw new IOException(
                                file + " says '" + line + "', but has " + lines + " lines: it is damaged");
                    }
                    return;
                }
                lines++;
                reader.read(ManifestLine.parse(line, file, lines), offset);
                // One char is one byte, and a line that was whole before it was believed ends with one newline.
                offset += line.length() + 1;
            }
        }
        throw new IOException(file + " ends after " + lines + " lines without its last one: it is cut short");
    }

    private Path file(int pass) {
        return directory.resolve(PREFIX + pass);
    }

    /** One pass on its way to the disk. */
    static final class PassWriter implements AutoCloseable {
        private final Path file;
        private final Path unfinished;
        private final FileChannel channel;
        private final OutputStream out;
        private long lines;

        PassWriter(Path file) throws IOException {
            this.file = file;
            this.unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
            // Below --root a disk may bring a link of that name along: what lies there goes, and is never opened.
            Files.deleteIfExists(unfinished);
            this.channel = PrivateFiles.create(unfinished);
            this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        }

        void add(Hit hit) throws IOException {
            out.write(ManifestLine.format(hit).getBytes(StandardCharsets.US_ASCII));
            lines++;
        }

        /** Makes the pass count: it is on the disk, whole, when this returns. */
        long complete() throws IOException {
            out.write((END + lines + "\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            channel.force(true);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            PrivateFiles.syncDirectory(file.getParent());
            return lines;
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(unfinished);
        }
    }
}
