package io.idagent.settings;

/** A setting that cannot be used. The message names the key, its value, and what it must be. */
public class ConfigurationException extends Exception {

    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message) {
        super(message);
    }

    static ConfigurationException of(String key, String value, String why) {
        return new ConfigurationException(key + " = '" + value + "': " + why);
    }
}
