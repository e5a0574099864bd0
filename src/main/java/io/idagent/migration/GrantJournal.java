package io.idagent.migration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.idagent.conversion.PrivateFiles;
import io.idagent.platform.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is out, one file for each image: on the disk before access is given, and gone after it was taken back. What stands
 * there makes root change files, so it counts only if root alone can have written it.
 */
public final class GrantJournal {

    private static final ObjectMapper JSON = Json.mapper();
    private static final String ENDING = ".grant";

    private final Path directory;

    public GrantJournal(Path stateDirectory) {
        this.directory = stateDirectory.resolve("grants");
    }

    /** Those that are out, by the path of the image. */
    public Map<String, Grant> all() throws IOException {
        Map<String, Grant> grants = new TreeMap<>();
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return grants;
        }
        PrivateFiles.checkTrusted(directory.getParent());
        PrivateFiles.checkTrusted(directory);
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*" + ENDING)) {
            entries.forEach(files::add);
        }
        files.sort(Comparator.naturalOrder());
        for (Path file : files) {
            PrivateFiles.checkTrusted(file);
            try {
                Grant grant = JSON.readValue(Files.readAllBytes(file), Grant.class);
                grants.put(grant.access().path(), grant);
            } catch (JsonProcessingException e) {
                throw new IOException(
                        file
                                + " is no record of a grant that this version understands; look at it, and take back what it"
                                + " names by hand (setfacl -x)",
                        e);
            }
        }
        return grants;
    }

    /** Writes it down, whole or not at all; it is on the disk when this returns. */
    void put(Grant grant) throws IOException {
        PrivateFiles.createDirectory(directory);
        PrivateFiles.checkTrusted(directory);
        PrivateFiles.put(file(grant.access().path()), JSON.writeValueAsBytes(grant));
    }

    void remove(Grant grant) throws IOException {
        Files.deleteIfExists(file(grant.access().path()));
        sync(directory);
    }

    private Path file(String path) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
            return directory.resolve(HexFormat.of().formatHex(hash, 0, 12) + ENDING);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
