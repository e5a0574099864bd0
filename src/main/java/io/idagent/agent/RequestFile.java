package io.idagent.agent;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the daemon, which has no right to convert, asks root to look whether a conversion is due. The file's existence is
 * all there is to it: it lies where the daemon can write, so nothing in it would be believed.
 */
public final class RequestFile {

    private final Path file;

    public RequestFile(Path runDirectory) {
        this.file = runDirectory.resolve("daemon").resolve("convert-request");
    }

    /** Called by the daemon. */
    public void make() throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException asked) {
            // Root has not come to it yet.
        }
    }

    /**
     * Called by root, before anything else: a request that stayed would start the converter again and again. Follows no
     * link, and opens nothing.
     *
     * @throws IOException if it is still there, because somebody has made something of it that is no file
     */
    public void delete() throws IOException {
        try {
            Files.deleteIfExists(file);
        } catch (DirectoryNotEmptyException e) {
            throw new IOException(file + " is a directory with something in it; no daemon of ours makes that", e);
        }
    }
}
