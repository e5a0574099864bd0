package io.idagent.platform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The mounted file systems, as they were when mountinfo was read ({@code proc_pid_mountinfo(5)}). Immutable.
 *
 * <p>Mount ids belong to the mount namespace: compare {@link FileStatus#mountId} with {@link #ofThisProcess} only.
 */
public final class MountTable {

    /** Where a walk gets the table from, and gets it again when it meets a mount that is not in it. */
    @FunctionalInterface
    public interface Source {
        MountTable read() throws IOException;
    }

    private final List<Mount> mounts;
    private final Map<Long, Mount> byId = new HashMap<>();
    private final Map<String, Integer> mountsPerDevice = new HashMap<>();

    public MountTable(List<Mount> mounts) {
        this.mounts = List.copyOf(mounts);
        for (Mount mount : this.mounts) {
            byId.put((long) mount.id(), mount);
            mountsPerDevice.merge(mount.device(), 1, Integer::sum);
        }
    }

    public static MountTable ofThisProcess() throws IOException {
        return read(Path.of("/proc/self/mountinfo"));
    }

    /** The host's own view: a service sees its sandbox in its own table, with every mount read-only. */
    public static MountTable ofInit() throws IOException {
        return read(Path.of("/proc/1/mountinfo"));
    }

    private static MountTable read(Path mountinfo) throws IOException {
        try {
            return parse(Files.readAllBytes(mountinfo));
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot understand " + mountinfo + ": " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if a line is no line of mountinfo */
    public static MountTable parse(byte[] mountinfo) {
        List<Mount> mounts = new ArrayList<>();
        // One char for each byte: names are bytes, and the separators are ASCII.
        for (String line : new String(mountinfo, StandardCharsets.ISO_8859_1).split("\n")) {
            if (!line.isEmpty()) {
                mounts.add(parseLine(line));
            }
        }
        return new MountTable(mounts);
    }

    public List<Mount> mounts() {
        return mounts;
    }

    public Optional<Mount> withId(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /**
     * The mount in which a path lies, by the path's text: it must have no symbolic link in it. Of two mounts at one place
     * the later, which covers the other.
     */
    public Optional<Mount> holding(RawPath path) {
        Mount longest = null;
        for (Mount mount : mounts) {
            if (path.isAtOrBelow(mount.point())
                    && (longest == null
                            || mount.point().length() >= longest.point().length())) {
                longest = mount;
            }
        }
        return Optional.ofNullable(longest);
    }

    /** Whether the same file system can be seen in another place too, as with a bind mount. */
    public boolean isSeenTwice(Mount mount) {
        return mountsPerDevice.getOrDefault(mount.device(), 0) > 1;
    }

    /** Whether something is mounted on its directories, or below, as soon as somebody goes there ({@code autofs(5)}). */
    public boolean hasAutomountsIn(Mount mount) {
        for (Mount other : mounts) {
            if (other.type().equals("autofs") && other.point().isAtOrBelow(mount.point())) {
                return true;
            }
        }
        return false;
    }

    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue
    private static Mount parseLine(String line) {
        List<String> fields = Arrays.asList(line.split(" "));
        int separator = fields.indexOf("-");
        // A source may be empty: then there are two spaces, and so still a field.
        if (separator < 6 || fields.size() < separator + 4) {
            throw new IllegalArgumentException("'" + RawPath.printable(latin1(line)) + "' is no line of mountinfo");
        }
        boolean readOnly = hasOption(fields.get(5), "ro") || hasOption(fields.get(separator + 3), "ro");
        return new Mount(
                Integer.parseInt(fields.get(0)),
                Integer.parseInt(fields.get(1)),
                fields.get(2),
                RawPath.printable(unescape(fields.get(3))),
                RawPath.ofBytes(unescape(fields.get(4))),
                RawPath.printable(unescape(fields.get(separator + 1))),
                RawPath.printable(unescape(fields.get(separator + 2))),
                RawPath.printable(unescape(fields.get(separator + 3))),
                readOnly);
    }

    private static boolean hasOption(String options, String wanted) {
        return Arrays.asList(options.split(",")).contains(wanted);
    }

    /** The kernel writes space, tab, newline and backslash as a backslash and three octal digits. */
    private static byte[] unescape(String field) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream(field.length());
        for (int i = 0; i < field.length(); i++) {
            boolean escape = field.charAt(i) == '\\'
                    && i + 3 < field.length()
                    && field.substring(i + 1, i + 4).chars().allMatch(digit -> digit >= '0' && digit <= '7');
            if (escape) {
                plain.write(Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                plain.write(field.charAt(i));
            }
        }
        return plain.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
