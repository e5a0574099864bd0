package io.idagent.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** The configuration file. Who can write it decides what root does, so it is looked at before it is believed. */
final class ConfigurationFile {

    private static final int GROUP_OR_OTHERS_WRITE = 022;

    private ConfigurationFile() {}

    /**
     * The properties of the file; none if there is no file.
     *
     * @param asRoot whether the file decides what root does: then it must be root's, and others must not write it
     */
    static Map<String, String> read(Path file, boolean asRoot) throws ConfigurationException {
        try (InputStream in = Channels.newInputStream(Files.newByteChannel(file))) {
            if (asRoot) {
                checkOwner(file.toRealPath());
            }
            Properties properties = new Properties();
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            Map<String, String> values = new LinkedHashMap<>();
            properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
            return values;
        } catch (NoSuchFileException none) {
            return Map.of();
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException("cannot read the configuration file " + file + ": " + e.getMessage());
        }
    }

    /** The file and each directory above it: whoever can write one of these can exchange the file. */
    private static void checkOwner(Path file) throws IOException, ConfigurationException {
        for (Path part = file; part != null; part = part.getParent()) {
            int uid = (int) Files.getAttribute(part, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            int mode = (int) Files.getAttribute(part, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            boolean sticky = part != file && (mode & 01000) != 0;
            if (uid != 0 || ((mode & GROUP_OR_OTHERS_WRITE) != 0 && !sticky)) {
                throw new ConfigurationException(String.format(
                        "the configuration file %s is refused, because %s belongs to uid %d and has mode %o: others than"
                                + " root could change what root does. Run: chown root:root %s; chmod go-w %s",
                        file, part, uid, mode & 07777, part, part));
            }
        }
    }
}
