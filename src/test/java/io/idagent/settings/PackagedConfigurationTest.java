package io.idagent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration file that the package installs is what an administrator reads first. */
class PackagedConfigurationTest {

    private static final Path FILE = Path.of("deploy/deb/application.properties");

    @TempDir
    private Path directory;

    @Test
    void itNamesEveryKeyAndNoOther() throws IOException {
        List<String> keys = keys("idagent.").stream()
                .filter(key -> !key.startsWith("idagent.accounts."))
                .toList();

        assertEquals(new TreeSet<>(SettingsReader.KEYS), new TreeSet<>(keys));
        assertEquals(keys.size(), SettingsReader.KEYS.size(), "a key stands there twice");
    }

    @Test
    void asItComesItSetsNothing() throws IOException {
        assertTrue(Files.readAllLines(FILE).stream().allMatch(line -> line.isEmpty() || line.startsWith("#")));
    }

    @Test
    void whatItCallsDefaultsAreTheDefaults() throws Exception {
        Path uncommented = Files.write(
                directory.resolve("application.properties"),
                Files.readAllLines(FILE).stream()
                        .map(line -> line.replaceFirst("^#(?=idagent\\.)", ""))
                        .toList());

        assertEquals(
                SettingsReader.read(directory.resolve("none"), false, Map.of()),
                SettingsReader.read(uncommented, false, Map.of()));
    }

    @Test
    void itShowsWhereTheDaemonAnswers() throws IOException {
        String builtIn = Files.readString(Path.of("src/main/resources/application.properties"));

        for (String key : List.of("quarkus.http.host", "quarkus.http.port")) {
            String line = Files.readAllLines(FILE).stream()
                    .filter(l -> l.startsWith("#" + key + "="))
                    .findFirst()
                    .orElseThrow();
            assertTrue(builtIn.contains(line.substring(1) + "\n"), line);
        }
    }

    private static List<String> keys(String prefix) throws IOException {
        return Files.readAllLines(FILE).stream()
                .filter(line -> line.startsWith("#" + prefix))
                .map(line -> line.substring(1, line.indexOf('=')))
                .collect(Collectors.toList());
    }
}
