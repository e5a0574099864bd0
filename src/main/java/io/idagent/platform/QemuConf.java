package io.idagent.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What libvirt's qemu.conf says about the account that qemu runs as.
 *
 * @param user a name, or a number: see {@link #namesNumber}
 * @param group likewise
 * @param dynamicOwnership whether libvirt gives a guest's files to that account when the guest starts
 */
public record QemuConf(String user, String group, boolean dynamicOwnership) {

    /** What Debian builds libvirt with, where the file does not say otherwise, not even in a comment. */
    public static final QemuConf DEBIAN_DEFAULTS = new QemuConf("libvirt-qemu", "libvirt-qemu", true);

    // libvirt's virConf: name = "string", 'string' or number; the rest of the line may be a comment.
    private static final Pattern SETTING =
            Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|(-?[0-9]+))\\s*(?:#.*)?");

    /**
     * Reads the file; one that is not there means the defaults, as it does for libvirt.
     *
     * @throws IOException with a sentence, if the file cannot be read (it is 0600) or a line about the account not be
     *     understood
     */
    public static QemuConf read(Path file) throws IOException {
        try {
            return parse(Files.readString(file, StandardCharsets.ISO_8859_1), DEBIAN_DEFAULTS);
        } catch (NoSuchFileException none) {
            return DEBIAN_DEFAULTS;
        } catch (AccessDeniedException e) {
            throw new IOException("Only root can read " + file + ", which says as whom qemu runs.", e);
        } catch (IllegalArgumentException e) {
            throw new IOException("Cannot understand " + file + ": " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if a line sets one of our three settings in a way libvirt would not take */
    public static QemuConf parse(String text, QemuConf defaults) {
        String user = builtWith("user", text).orElse(defaults.user());
        String group = builtWith("group", text).orElse(defaults.group());
        boolean dynamic = defaults.dynamicOwnership();
        for (String line : text.split("\n")) {
            Matcher setting = SETTING.matcher(line);
            if (!setting.matches()) {
                if (line.strip().matches("(user|group|dynamic_ownership)\\b.*")) {
                    throw new IllegalArgumentException("the line '" + line.strip() + "' is no setting");
                }
                continue;
            }
            switch (setting.group(1)) {
                case "user" -> user = text(setting);
                case "group" -> group = text(setting);
                case "dynamic_ownership" -> dynamic = number(setting) != 0;
                default -> {
                    // Everything else in this file is not about ids.
                }
            }
        }
        return new QemuConf(user, group, dynamic);
    }

    /**
     * A setting that is commented out shows what libvirt was built with: on Ubuntu {@code #group = "kvm"}. Older files show
     * root there whatever libvirt was built with.
     */
    private static Optional<String> builtWith(String setting, String text) {
        Matcher comment = Pattern.compile("^#" + setting + " = \"([A-Za-z_][^\"]*)\"\\s*$", Pattern.MULTILINE)
                .matcher(text);
        return comment.find() ? Optional.of(comment.group(1)).filter(name -> !name.equals("root")) : Optional.empty();
    }

    /** Whether a setting is a number for libvirt: "+109" always; "109" if no account has this name. */
    public static boolean namesNumber(String setting) {
        return setting.matches("\\+?[0-9]+");
    }

    /** The number that a setting is. Only if {@link #namesNumber}. */
    public static String number(String setting) {
        return setting.startsWith("+") ? setting.substring(1) : setting;
    }

    private static String text(Matcher setting) {
        String value = setting.group(2) != null ? setting.group(2) : setting.group(3);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("'" + setting.group().strip() + "' must have its value in quotes");
        }
        return value;
    }

    private static int number(Matcher setting) {
        if (setting.group(4) == null) {
            throw new IllegalArgumentException("'" + setting.group().strip() + "' must be a number without quotes");
        }
        return Integer.parseInt(setting.group(4));
    }
}
