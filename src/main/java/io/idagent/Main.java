package io.idagent;

import io.idagent.cli.CommandLineProgram;
import io.idagent.settings.SettingsReader;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Where the program starts. The commands are plain Java and begin in a third of the time that Quarkus takes; without a
 * command it is the daemon.
 */
@QuarkusMain
public final class Main {

    /** Tried again in vain until a person changes something: the unit leaves it at that. */
    private static final int WRONG_CONFIGURATION = 2;

    /** May pass. */
    private static final int CANNOT_START = 1;

    private Main() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0) {
            System.exit(CommandLineProgram.run(arguments));
        }
        int refused = CommandLineProgram.checkConfiguration();
        if (refused != 0) {
            System.exit(refused);
        }
        if (Files.exists(SettingsReader.FILE)) {
            // Quarkus's own keys (address, port, TLS) stand in the same file.
            System.setProperty("quarkus.config.locations", SettingsReader.FILE.toString());
        }
        Quarkus.run(null, Main::ended, arguments);
    }

    /** Says in one line why it did not start; Quarkus, which would print where it happened, leaves that to us. */
    private static void ended(int code, Throwable problem) {
        if (problem == null) {
            System.exit(code);
        }
        Throwable cause = problem;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        boolean configuration = isConfiguration(problem) || isConfiguration(cause);
        String what = cause instanceof BindException
                ? "cannot listen on " + config("quarkus.http.host") + ":" + config("quarkus.http.port") + ": "
                        + cause.getMessage() + ". Is there another one running? The keys quarkus.http.host and"
                        + " quarkus.http.port change where"
                : (configuration ? "configuration: " : "cannot start: ") + oneLine(cause);
        System.err.println("libvirt-id-agent: " + what);
        System.exit(configuration ? WRONG_CONFIGURATION : CANNOT_START);
    }

    private static boolean isConfiguration(Throwable problem) {
        return problem instanceof ConfigurationException
                || problem instanceof ConfigValidationException
                || problem instanceof IllegalArgumentException
                || problem instanceof NoSuchFileException
                || problem instanceof UnknownHostException;
    }

    private static String oneLine(Throwable cause) {
        String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        String kind = cause instanceof NoSuchFileException || cause instanceof UnknownHostException
                ? cause.getClass().getSimpleName().replace("Exception", "") + ": "
                : "";
        return kind + text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    private static String config(String key) {
        return ConfigProvider.getConfig().getOptionalValue(key, String.class).orElse("?");
    }
}
