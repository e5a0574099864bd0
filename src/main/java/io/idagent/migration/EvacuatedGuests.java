package io.idagent.migration;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.idagent.conversion.Conversions;
import io.idagent.platform.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** The names of guests that were moved away from this host and have not come home: that is all that is to come back. */
public final class EvacuatedGuests {

    private static final ObjectMapper JSON = Json.mapper();

    private final Path file;

    public EvacuatedGuests(Path stateDirectory) {
        this.file = stateDirectory.resolve("evacuated");
    }

    public List<String> names() throws IOException {
        try {
            Conversions.checkTrusted(file.getParent());
            Conversions.checkTrusted(file);
            return JSON.readValue(Files.readAllBytes(file), new TypeReference<List<String>>() {});
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    /** Before they leave, so that a crash forgets none. */
    public void add(Collection<String> names) throws IOException {
        TreeSet<String> all = new TreeSet<>(names());
        all.addAll(names);
        write(all);
    }

    public void remove(Collection<String> names) throws IOException {
        TreeSet<String> all = new TreeSet<>(names());
        all.removeAll(names);
        write(all);
    }

    private void write(Collection<String> names) throws IOException {
        Conversions.createPrivate(file.getParent());
        Path unfinished = file.resolveSibling("evacuated.unfinished");
        Files.deleteIfExists(unfinished);
        try (FileChannel channel = Conversions.createPrivateFile(unfinished)) {
            ByteBuffer content = ByteBuffer.wrap(JSON.writeValueAsBytes(names));
            while (content.hasRemaining()) {
                channel.write(content);
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
