package io.idagent;

import io.idagent.cli.CommandLineProgram;
import io.idagent.settings.SettingsReader;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Files;

/**
 * Where the program starts. The commands are plain Java and begin in a third of the time that Quarkus takes; without a
 * command it is the daemon.
 */
@QuarkusMain
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0) {
            System.exit(CommandLineProgram.run(arguments));
        }
        if (Files.exists(SettingsReader.FILE)) {
            // Quarkus's own keys (address, port, TLS) stand in the same file.
            System.setProperty("quarkus.config.locations", SettingsReader.FILE.toString());
        }
        Quarkus.run(arguments);
    }
}
