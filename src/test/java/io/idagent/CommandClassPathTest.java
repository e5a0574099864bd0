package io.idagent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The start script leaves libraries out for commands, and one that is missed would be missed in the middle of a conversion. */
@Tag("root") // needs the built program, not its rights
class CommandClassPathTest {

    private static final String PROGRAM = "deploy/bin/libvirt-id-agent";
    private static final Pattern DEPENDENCY = Pattern.compile(" {3}(\\S+) +-> (\\S+) +(.*)");

    /** As jdeps reads it: all that the classes of commands name, whatever that names in turn, and so on. */
    @Test
    void nothingThatACommandCanReachIsInALibraryThatItDoesNotHave() throws Exception {
        Map<String, Set<String>> named = new HashMap<>();
        Set<String> missing = new HashSet<>();
        jdeps(classPath())
                .lines()
                .map(DEPENDENCY::matcher)
                .filter(Matcher::matches)
                .forEach(found -> {
                    named.computeIfAbsent(found.group(1), from -> new HashSet<>())
                            .add(found.group(2));
                    if (found.group(3).equals("not found")) {
                        missing.add(found.group(2));
                    }
                });

        Set<String> reached = reachedFrom("io.idagent.cli.CommandLineProgram", named);

        assertTrue(reached.contains("com.kenai.jffi.Foreign"), "jdeps has not followed the libraries");
        missing.retainAll(reached);
        try (URLClassLoader packaged = packaged()) {
            // Others are optional to those who name them: nobody has them, not even the daemon.
            missing.removeIf(name -> packaged.getResource(name.replace('.', '/') + ".class") == null);
        }
        assertEquals(new TreeSet<>(), new TreeSet<>(missing));
    }

    /** Otherwise it looks through all of them for a second one, which takes a command some 15 ms. */
    @Test
    void aCommandHasItsLoggerBeforeJavaHasOpenedEachLibrary() throws Exception {
        String jars = classPath();
        Process search = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        Path.of("target/test-classes").toAbsolutePath() + ":" + jars,
                        LoggerSearch.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String opened = new String(search.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, search.waitFor());

        int all = jars.split(":").length;
        assertTrue(Integer.parseInt(opened) < all / 2, opened + " of " + all);
    }

    /** What jffi does when it is loaded; and how many jars are open then. */
    static final class LoggerSearch {
        public static void main(String[] arguments) throws Exception {
            Logger.getLogger("any");
            int jars = 0;
            try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
                for (Path descriptor : open) {
                    jars += Files.readSymbolicLink(descriptor).toString().endsWith(".jar") ? 1 : 0;
                }
            }
            System.out.println(jars);
        }
    }

    private static URLClassLoader packaged() throws Exception {
        List<URL> jars = new ArrayList<>();
        for (String folder : List.of("app", "lib/main", "lib/boot")) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("target/quarkus-app", folder))) {
                for (Path jar : files) {
                    jars.add(jar.toUri().toURL());
                }
            }
        }
        return new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static String classPath() throws Exception {
        Process script = new ProcessBuilder(PROGRAM, "--prepare", "command", "status").start();
        List<String> command = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertEquals(0, script.waitFor());
        return command.get(command.indexOf("-cp") + 1);
    }

    private static String jdeps(String classPath) {
        StringWriter out = new StringWriter();
        String ours = classPath
                .lines()
                .flatMap(Pattern.compile(":")::splitAsStream)
                .filter(jar -> Path.of(jar).getParent().endsWith("app"))
                .findFirst()
                .orElseThrow();
        int code = ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        new PrintWriter(out),
                        new PrintWriter(System.err),
                        "--multi-release=17",
                        "--ignore-missing-deps",
                        "--recursive",
                        "-verbose:class",
                        "-filter:none",
                        "--class-path",
                        classPath,
                        ours);
        assertEquals(0, code, () -> out.toString());
        return out.toString();
    }

    private static Set<String> reachedFrom(String first, Map<String, Set<String>> named) {
        Set<String> reached = new HashSet<>(Set.of(first));
        Deque<String> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            for (String next : named.getOrDefault(open.pop(), Set.of())) {
                if (reached.add(next)) {
                    open.push(next);
                }
            }
        }
        return reached;
    }
}
