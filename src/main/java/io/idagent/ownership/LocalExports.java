package io.idagent.ownership;

import io.idagent.platform.RawPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Directories that this host gives to others over NFS: on a file in there another host may be running a guest, although it
 * lies on a local disk. What {@code exportfs(8)} has exported stands in its table, a line each, the path first.
 */
record LocalExports(List<byte[]> paths) {

    static final Path TABLE = Path.of("/var/lib/nfs/etab");

    LocalExports {
        paths = List.copyOf(paths);
    }

    /** @return none where there is no server; all, if there is a table and it cannot be read */
    static LocalExports in(Path table) {
        List<byte[]> paths = new ArrayList<>();
        try {
            if (Files.exists(table)) {
                for (String line : Files.readAllLines(table, StandardCharsets.ISO_8859_1)) {
                    if (line.startsWith("/")) {
                        paths.add(unescaped(line.split("[\t ]", 2)[0]));
                    }
                }
            }
        } catch (IOException cannotTell) {
            paths.add(new byte[] {'/'});
        }
        return new LocalExports(paths);
    }

    boolean contain(RawPath path) {
        // Asked for each file that changes; nearly everywhere there are none.
        for (byte[] export : paths) {
            if (isBelow(path.bytes(), export)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBelow(byte[] path, byte[] directory) {
        int length = directory.length;
        return path.length >= length
                && Arrays.equals(path, 0, length, directory, 0, length)
                && (path.length == length || directory[length - 1] == '/' || path[length] == '/');
    }

    /** White space and the like stand there as a backslash and three octal digits. */
    private static byte[] unescaped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            boolean isEscape = text.charAt(i) == '\\' && text.substring(i + 1).matches("[0-3][0-7]{2}.*");
            bytes.write(isEscape ? Integer.parseInt(text.substring(i + 1, i + 4), 8) : text.charAt(i));
            i += isEscape ? 3 : 0;
        }
        return bytes.toByteArray();
    }
}
