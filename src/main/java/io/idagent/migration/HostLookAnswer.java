package io.idagent.migration;

import io.idagent.platform.Gid;
import io.idagent.platform.Mount;
import io.idagent.platform.MountTable;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understands what {@link HostLookScript} says. */
final class HostLookAnswer {

    private static final Pattern SETTING =
            Pattern.compile("\\s*([a-z_]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([0-9]+)).*");

    private final Map<String, List<String>> lines = new HashMap<>();
    private final List<String> paths;
    private final MountTable mounts;

    HostLookAnswer(String answer, List<String> paths) {
        this.paths = paths;
        for (String line : answer.split("\n")) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                lines.computeIfAbsent(line.substring(0, tab), key -> new ArrayList<>())
                        .add(line.substring(tab + 1));
            }
        }
        this.mounts = MountTable.parse(String.join("\n", of("mount")).getBytes(StandardCharsets.UTF_8));
    }

    HostLook look() {
        return new HostLook(
                of("name").stream().findFirst().orElse(""),
                resolved("resolves"),
                addresses(),
                ids("passwd", Uid::parse),
                ids("group", Gid::parse),
                settings(),
                of("etc").stream().findFirst().flatMap(this::mountOf),
                resolved("peer"),
                of("manager").stream().findFirst(),
                Set.copyOf(of("interface")),
                memory(),
                files());
    }

    private OptionalLong memory() {
        return of("memory").stream()
                .map(line -> line.replaceAll("[^0-9]", ""))
                .filter(kibibytes -> !kibibytes.isEmpty())
                .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
                .findFirst();
    }

    private List<String> resolved(String key) {
        return of(key).stream().map(line -> line.split("\\s+")[0]).distinct().toList();
    }

    private List<String> of(String key) {
        return lines.getOrDefault(key, List.of());
    }

    private interface Number<T> {
        T parse(String text);
    }

    private <T> Map<String, T> ids(String key, Number<T> number) {
        Map<String, T> ids = new HashMap<>();
        for (String line : of(key)) {
            String[] fields = line.split(":", -1);
            if (fields.length > 2) {
                ids.put(fields[0], number.parse(fields[2]));
            }
        }
        return ids;
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        for (String file : List.of("qemu.conf", "libvirtd.conf", "virtproxyd.conf")) {
            for (String line : of(file)) {
                Matcher setting = SETTING.matcher(line);
                if (setting.matches()) {
                    String value = setting.group(2) != null
                            ? setting.group(2)
                            : setting.group(3) != null ? setting.group(3) : setting.group(4);
                    settings.put(file + " " + setting.group(1), value);
                }
            }
        }
        return settings;
    }

    /** fib_trie has an IPv4 address in one line and in the next what it is; if_inet6 32 hexadecimal digits. */
    private Set<String> addresses() {
        Set<String> addresses = new LinkedHashSet<>();
        String before = "";
        for (String line : of("net")) {
            if (line.contains("/32 host LOCAL")) {
                addresses.add(before.substring(before.lastIndexOf(' ') + 1));
            } else if (line.matches("[0-9a-f]{32} .*")) {
                addresses.add(line.substring(0, 32).replaceAll("(.{4})(?=.)", "$1:"));
            }
            before = line.strip();
        }
        return addresses;
    }

    private Map<String, FileLook> files() {
        Map<Integer, String[]> entries = numbered("file");
        Map<Integer, String[]> real = numbered("real");
        Map<Integer, String[]> none = numbered("none");
        Map<Integer, String[]> closed = numbered("closed");
        Map<Integer, String[]> may = numbered("may");
        Map<String, FileLook> files = new LinkedHashMap<>();
        for (int number = 1; number <= paths.size(); number++) {
            String path = paths.get(number - 1);
            boolean isThere = entries.containsKey(number);
            files.put(
                    path,
                    new FileLook(
                            path,
                            Optional.ofNullable(entries.get(number)).map(HostLookAnswer::entry),
                            isThere ? "" : last(none.get(number)).replaceFirst(".*: ", ""),
                            isThere ? mountOf(last(real.get(number))) : mountOf(path),
                            Optional.ofNullable(closed.get(number))
                                    .filter(unused -> isThere)
                                    .map(HostLookAnswer::last),
                            may.containsKey(number) ? last(may.get(number)) : ""));
        }
        return files;
    }

    private Map<Integer, String[]> numbered(String key) {
        Map<Integer, String[]> numbered = new HashMap<>();
        for (String line : of(key)) {
            String[] fields = line.split("\t", -1);
            numbered.put(Integer.valueOf(fields[0]), fields);
        }
        return numbered;
    }

    private static FileLook.Entry entry(String[] fields) {
        return new FileLook.Entry(
                fields[1], Uid.parse(fields[2]), Gid.parse(fields[3]), Integer.parseInt(fields[4], 8), fields[5]);
    }

    private static String last(String[] fields) {
        return fields == null ? "" : fields[fields.length - 1];
    }

    private Optional<Mount> mountOf(String path) {
        return path.startsWith("/")
                ? mounts.holding(RawPath.ofNames(RawPath.split(path.getBytes(StandardCharsets.UTF_8))))
                : Optional.empty();
    }
}
