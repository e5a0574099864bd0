package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.LibC;
import io.idagent.platform.OpenFlags;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Where all paths begin: "/" of the host, or the directory in which another system lies (a golden image, a rescue
 * system). It is opened once and held; everything is opened relative to it, and nothing leaves it.
 */
public final class TreeBase implements AutoCloseable {

    private final LibC libC;
    private final Path path;
    private final int descriptor;

    private TreeBase(LibC libC, Path path) throws IOException {
        this.libC = libC;
        this.path = path;
        byte[] bytes = path.toString().getBytes(Charset.forName(System.getProperty("sun.jnu.encoding")));
        descriptor = libC.open(bytes, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC);
        if (descriptor == -Errno.ENOENT) {
            throw new NoSuchFileException(path.toString());
        }
        if (descriptor < 0) {
            throw new IOException("cannot open " + path + ": " + Errno.text(-descriptor));
        }
    }

    public static TreeBase host(LibC libC) throws IOException {
        return new TreeBase(libC, Path.of("/"));
    }

    /** @throws IOException if it is no directory, or cannot be opened */
    public static TreeBase below(LibC libC, Path directory) throws IOException {
        return new TreeBase(libC, directory.toAbsolutePath());
    }

    public Path path() {
        return path;
    }

    /** An O_PATH descriptor; it belongs to this object. */
    int descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        libC.close(descriptor);
    }
}
