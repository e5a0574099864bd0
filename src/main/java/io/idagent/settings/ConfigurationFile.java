package io.idagent.settings;

import io.idagent.platform.RootsPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The configuration file. Who can write it decides what root does, so it is looked at before it is believed. */
final class ConfigurationFile {

    private ConfigurationFile() {}

    /**
     * The properties of the file; none if there is no file.
     *
     * @param asRoot whether the file decides what root does: then it must be root's, and others must not write it
     */
    static Map<String, String> read(Path file, boolean asRoot) throws ConfigurationException {
        if (asRoot && Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Map.of();
        }
        try {
            return read(asRoot ? checked(file) : file);
        } catch (NoSuchFileException none) {
            return Map.of();
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException("cannot read the configuration file " + file + ": " + e.getMessage());
        }
    }

    private static Map<String, String> read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Properties properties = new Properties();
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            Map<String, String> values = new LinkedHashMap<>();
            properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
            return values;
        }
    }

    /** Before it is opened: what nobody but root can exchange is the same afterwards. */
    private static Path checked(Path file) throws IOException, ConfigurationException {
        Optional<RootsPath.Weak> weak = RootsPath.weakness(file);
        if (weak.isPresent()) {
            throw new ConfigurationException("the configuration file " + file + " is refused, because "
                    + weak.get().because() + ": others than root could change what root does. Run: "
                    + weak.get().mend());
        }
        return file.toRealPath();
    }
}
