package io.idagent.platform;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The native halves of JFFI and JNA, laid down once in a folder that only root can write.
 *
 * <p>By themselves both unpack theirs from the jar at every start, into a directory that whoever runs the program can
 * write, and load it from there. Where nothing writable is executable that is refused, and root had better not.
 */
public final class NativeLibraries {

    private static final String READABLE_AND_ROOTS = "rw-r--r--";

    private NativeLibraries() {}

    /** Run at installation; the start script then points {@code jffi.boot.library.path} and its like at the folder. */
    public static void main(String[] arguments) throws IOException {
        unpack(Path.of(arguments[0]));
    }

    /** Those for this machine's processor. A running program that has the old ones loaded keeps them. */
    static void unpack(Path folder) throws IOException {
        Files.createDirectories(folder);
        String jffi = System.mapLibraryName("jffi-1.2");
        String jna = System.mapLibraryName("jnidispatch");
        unpack("/jni/" + com.kenai.jffi.Platform.getPlatform().getName() + "/" + jffi, folder.resolve(jffi));
        unpack("/com/sun/jna/" + com.sun.jna.Platform.RESOURCE_PREFIX + "/" + jna, folder.resolve(jna));
    }

    private static void unpack(String resource, Path file) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        try (InputStream in = NativeLibraries.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(
                        "no jar has " + resource + ": there is no such library for this machine");
            }
            Files.copy(in, unfinished, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(READABLE_AND_ROOTS));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
