package io.idagent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.properties.Chance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in the configuration: it is read as it stands there, or refused. */
class SettingsPropertiesTest {

    @TempDir
    private Path directory;

    private Settings read(byte[] content) throws Exception {
        Path file = Files.write(directory.resolve("application.properties"), content);
        return SettingsReader.read(file, false, Map.of());
    }

    @Test
    void anyTextAsAnyValueIsReadOrRefused() {
        List<String> keys = new ArrayList<>(SettingsReader.KEYS);
        keys.sort(null);
        keys.addAll(List.of(
                "idagent.accounts.libvirt-qemu.uid",
                "idagent.accounts.libvirt-qemu.gid",
                "idagent.accounts.libvirt-qemu.group"));
        Chance.always(chance -> {
            String key = chance.of(keys);
            String value = chance.text(20).replace("\\", "\\\\").replaceAll("[\n\r]", " ");
            try {
                read((key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (ConfigurationException refused) {
                assertTrue(!refused.getMessage().isBlank());
            }
        });
    }

    @Test
    void aNumberIsTheOneThatStandsThere() {
        Chance.always(chance -> {
            long number = chance.number();
            try {
                Settings settings =
                        read(("idagent.accounts.libvirt-qemu.uid=" + number).getBytes(StandardCharsets.UTF_8));
                assertEquals(number, settings.accounts().get(0).uid().value());
            } catch (ConfigurationException refused) {
                assertTrue(refused.getMessage().contains(Long.toString(number)), refused.getMessage());
            }
        });
    }

    @Test
    void theDamagedPackagedFileIsReadOrRefused() throws Exception {
        byte[] packaged = Files.readAllBytes(Path.of("deploy/deb/application.properties"));
        Chance.always(chance -> {
            try {
                read(chance.damaged(packaged));
            } catch (ConfigurationException refused) {
                assertTrue(!refused.getMessage().isBlank());
            }
        });
    }
}
