package io.idagent.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.idagent.host.ScanFindings;
import io.idagent.platform.Gid;
import io.idagent.platform.GroupEntry;
import io.idagent.platform.Json;
import io.idagent.platform.LocalAccounts;
import io.idagent.platform.NameServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * What root leaves for the daemon below /run/libvirt-id-agent: what a scan found, how attempts went,
 * and what access is out. The directory is
 * root's; the daemon reads, and cannot write there.
 */
public final class RunFiles {

    /** The group of the daemon's user: findings name files of guests, which are nobody else's business. */
    private static final String READERS = "libvirt-id-agent";

    /** Made when a file is there to be read: 500 classes, which a command that finds none does without. */
    private static final class Mapper {
        static final ObjectMapper JSON = Json.mapper();
    }

    private final Path directory;

    public RunFiles(Path runDirectory) {
        this.directory = runDirectory;
    }

    public ScanReport findings() {
        Path file = directory.resolve("findings");
        try {
            byte[] content = Files.readAllBytes(file);
            JsonNode document = Mapper.JSON.readTree(content);
            return document.path("host").path("format").asInt() == ScanFindings.FORMAT
                    ? Mapper.JSON.treeToValue(document, ScanReport.class)
                    : ScanReport.none(file + " is not of this version of the program, or cut short");
        } catch (NoSuchFileException none) {
            return ScanReport.none("there was no scan yet (libvirt-id-agent-scan.service)");
        } catch (IOException e) {
            return ScanReport.none("what the last scan found cannot be read: " + file + ": "
                    + (e instanceof JsonProcessingException json ? json.getOriginalMessage() : e));
        }
    }

    public void writeFindings(ScanReport report) throws IOException {
        write("findings", Mapper.JSON.writeValueAsBytes(report));
    }

    public Attempts attempts() {
        return read("attempts", new TypeReference<Attempts>() {}).orElse(Attempts.NONE);
    }

    public void writeAttempts(Attempts attempts) throws IOException {
        write("attempts", Mapper.JSON.writeValueAsBytes(attempts));
    }

    /** Empty: root has left no word about it. */
    public Optional<GrantsDocument> grants() {
        return read("grants", new TypeReference<GrantsDocument>() {});
    }

    public void writeGrants(GrantsDocument grants) throws IOException {
        write("grants", Mapper.JSON.writeValueAsBytes(grants));
    }

    /** Whether there is a daemon on this host to leave anything for. */
    public boolean hasReader() {
        return Files.isDirectory(directory.resolve("daemon"), LinkOption.NOFOLLOW_LINKS);
    }

    private <T> Optional<T> read(String name, TypeReference<T> type) {
        try {
            byte[] content = Files.readAllBytes(directory.resolve(name));
            return Optional.ofNullable(Mapper.JSON.readValue(content, type));
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /** Whole or not at all, for whoever reads at the same moment. */
    private void write(String name, byte[] content) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path unfinished = directory.resolve("." + name + ".unfinished");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(unfinished, content);
        readers().ifPresent(group -> share(unfinished, group));
        Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** From the group file itself, where its package has put it: a directory may be silent just now. */
    private static Optional<Gid> readers() {
        try {
            return LocalAccounts.in(Path.of("/etc")).group(READERS).map(GroupEntry::gid);
        } catch (NameServiceException notInstalled) {
            return Optional.empty();
        }
    }

    private static void share(Path file, Gid group) {
        try {
            Files.setAttribute(file, "unix:gid", group.bits());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot let the group " + READERS + " read " + file, e);
        }
    }
}
