package io.idagent.migration;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.idagent.conversion.PrivateFiles;
import io.idagent.platform.Json;
import io.idagent.platform.LibvirtGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The guests that were moved away from this host and have not come home: that is all that is to come back. And which of
 * them start with their host: libvirt forgets that of a guest that moves.
 */
public final class EvacuatedGuests {

    private static final ObjectMapper JSON = Json.mapper();

    private final Path file;

    public EvacuatedGuests(Path stateDirectory) {
        this.file = stateDirectory.resolve("evacuated");
    }

    record Away(String name, boolean autostart) {}

    public List<String> names() throws IOException {
        return List.copyOf(read().keySet());
    }

    /** Those that are to start with the host they are on. */
    public List<String> withAutostart() throws IOException {
        return read().values().stream().filter(Away::autostart).map(Away::name).toList();
    }

    /** Before they leave, either way, so that a crash forgets none. */
    public void add(Collection<LibvirtGuest> guests) throws IOException {
        change(all -> guests.forEach(guest -> all.put(guest.name(), new Away(guest.name(), guest.autostart()))));
    }

    public void remove(Collection<String> names) throws IOException {
        change(all -> all.keySet().removeAll(names));
    }

    private Map<String, Away> read() throws IOException {
        Map<String, Away> all = new TreeMap<>();
        try {
            PrivateFiles.checkTrusted(file.getParent());
            PrivateFiles.checkTrusted(file);
            JSON.readValue(Files.readAllBytes(file), new TypeReference<List<Away>>() {})
                    .forEach(guest -> all.put(guest.name(), guest));
        } catch (NoSuchFileException none) {
            // Nobody has left.
        }
        return all;
    }

    private void change(Consumer<Map<String, Away>> change) throws IOException {
        Map<String, Away> all = read();
        change.accept(all);
        PrivateFiles.createDirectory(file.getParent());
        PrivateFiles.put(file, JSON.writeValueAsBytes(all.values()));
    }
}
