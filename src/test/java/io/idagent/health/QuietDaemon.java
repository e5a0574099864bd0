package io.idagent.health;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;

/** A daemon that, whoever starts it and wherever, does nothing by itself while a test runs. */
public class QuietDaemon implements QuarkusTestResourceLifecycleManager {

    private final Map<String, String> settings = new HashMap<>();

    @Override
    public void init(Map<String, String> arguments) {
        settings.putAll(arguments);
    }

    @Override
    public Map<String, String> start() {
        try {
            String directory = Files.createTempDirectory("quiet-daemon").toString();
            settings.put("idagent.run-directory", directory);
            settings.put("idagent.state-directory", directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        settings.put("idagent.convert", "manual");
        settings.put("idagent.interval", "7d");
        // The program reads its settings without Quarkus.
        settings.forEach(System::setProperty);
        return Map.of("quarkus.http.test-port", "0");
    }

    @Override
    public void stop() {
        settings.keySet().forEach(System::clearProperty);
    }
}
