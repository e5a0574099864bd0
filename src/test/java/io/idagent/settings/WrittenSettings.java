package io.idagent.settings;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests of what is read: a file, the environment and system properties, as an administrator writes them. */
abstract class WrittenSettings {

    @TempDir
    Path directory;

    Map<String, String> environment = Map.of();

    @AfterEach
    void forgetSystemProperties() {
        System.getProperties().keySet().removeIf(key -> key.toString().startsWith("idagent."));
    }

    Settings read(String... lines) throws ConfigurationException {
        Path file = directory.resolve("application.properties");
        try {
            Files.write(file, List.of(lines));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return SettingsReader.read(file, false, environment);
    }

    void refused(String line, String... parts) {
        ConfigurationException refused = assertThrows(ConfigurationException.class, () -> read(line));
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
    }
}
