package io.idagent.badworld;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A golden image below a directory of this very machine: it is converted, and nothing leaves the directory. Needs root. */
@Tag("root")
class OfflineRootTest {

    private static final Path PROGRAM = Path.of("deploy/bin/libvirt-id-agent").toAbsolutePath();

    /** What usermod, groupmod and this program would write, if they wrote on this machine. */
    private static final List<Path> OF_THIS_MACHINE = List.of(
            Path.of("/etc/passwd"),
            Path.of("/etc/group"),
            Path.of("/etc/shadow"),
            Path.of("/etc/gshadow"),
            Path.of("/etc/libvirt-id-agent"),
            Path.of("/var/lib/libvirt-id-agent"),
            Path.of("/run/libvirt-id-agent"));

    @TempDir
    Path outside;

    private Path root;
    private Map<Path, String> machine;

    @BeforeEach
    void makeTheImage() throws Exception {
        machine = machine();
        root = Files.createDirectory(outside.resolve("image"));
        write("etc/passwd", "root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:109:105::/var/lib/libvirt:/usr/sbin/nologin\n");
        write("etc/group", "root:x:0:\nkvm:x:105:\nlibvirt-qemu:x:114:\n");
        write("etc/shadow", "root:*:19000::::::\nlibvirt-qemu:!:19000::::::\n");
        write("etc/gshadow", "root:*::\nkvm:!::\nlibvirt-qemu:!::\n");
        write("etc/login.defs", "SYS_UID_MIN 100\nSYS_UID_MAX 999\nSYS_GID_MIN 100\nSYS_GID_MAX 999\n");
        owned(write("var/lib/libvirt/qemu/state", "x"), 109, 114);
        owned(write("var/lib/libvirt/images/orphan.qcow2", "x"), 117, 121);
        owned(write("var/lib/libvirt/images/roots.iso", "x"), 0, 0);
    }

    @AfterEach
    void thisMachineIsAsBefore() throws IOException {
        assertEquals(machine, machine());
    }

    @Test
    void anImageIsConvertedAndTakenBack() throws Exception {
        says(2, "CONVERTIBLE", "status");
        says(0, "changing owners: 2 files", "plan");

        says(0, "Done: libvirt-qemu has 64055:64055", "--convert-now");
        assertAll(
                () -> assertTrue(read("etc/passwd").contains("libvirt-qemu:x:64055:105:"), read("etc/passwd")),
                () -> assertTrue(read("etc/group").contains("libvirt-qemu:x:64055:"), read("etc/group")),
                () -> assertEquals("64055:64055", owner("var/lib/libvirt/qemu/state")),
                () -> assertEquals("64055:64055", owner("var/lib/libvirt/images/orphan.qcow2")),
                () -> assertEquals("0:0", owner("var/lib/libvirt/images/roots.iso")),
                () -> assertTrue(Files.isDirectory(root.resolve("var/lib/libvirt-id-agent/conversions"))),
                () -> assertTrue(Files.exists(root.resolve("run/libvirt-id-agent/lock"))));
        says(0, "NORMALIZED", "status");
        says(0, "NORMALIZED", "--convert-now");

        says(0, "libvirt-qemu has 109:114 again", "--rollback");
        assertAll(
                () -> assertTrue(read("etc/passwd").contains("libvirt-qemu:x:109:105:"), read("etc/passwd")),
                () -> assertEquals("109:114", owner("var/lib/libvirt/qemu/state")),
                () -> assertEquals("117:121", owner("var/lib/libvirt/images/orphan.qcow2")),
                () -> assertTrue(Files.exists(root.resolve("etc/libvirt-id-agent/paused"))));
    }

    /** Each chown is made slow from outside, as on an old disk, so that the step takes longer than a second. */
    @Test
    void onATerminalALongStepShowsHowFarItIs() throws Exception {
        for (int i = 0; i < 1500; i++) {
            owned(write("var/lib/libvirt/images/" + i, ""), 109, 114);
        }
        String slowly = "strace -f -qq -o " + outside.resolve("calls")
                + " -e trace=fchownat -e inject=fchownat:delay_enter=2000 " + PROGRAM + " --convert-now --root " + root;

        Result result = runProgram("script", "--quiet", "--return", "--command", slowly, "/dev/null");

        assertEquals(0, result.exitCode(), result.toString());
        assertTrue(
                Pattern.compile("changing owners +[0-9]+% .*[0-9]+/1502 ")
                        .matcher(result.out())
                        .find(),
                result.toString());
        assertTrue(
                Pattern.compile("\r *\r  changing owners +[0-9.]+ s  1502 files")
                        .matcher(result.out())
                        .find(),
                "the bar goes when the step is done: " + result);
        says(0, "NORMALIZED", "status");
    }

    @Test
    void aTargetThatIsTakenThereIsTaken() throws Exception {
        write("etc/passwd", read("etc/passwd") + "alice:x:64055:105::/:/bin/sh\n");
        says(4, "UID_TAKEN: uid 64055 is taken by user alice", "--convert-now");
        assertEquals("109:114", owner("var/lib/libvirt/qemu/state"));
    }

    /** usermod runs where the home is covered. */
    @Test
    void aHomeThatCannotBeCoveredIsRefused() throws Exception {
        for (String home : List.of("/", "/etc")) {
            write("etc/passwd", "root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:109:105::" + home + ":/usr/sbin/nologin\n");
            says(5, "-> usermod -P DIRECTORY -d /var/lib/libvirt libvirt-qemu", "--convert-now");
        }
        write("etc/passwd", "root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:109:105::/var:/usr/sbin/nologin\n");
        says(0, "Done", "--convert-now");
    }

    /** 109 becomes 114, which the other one gives up: a file of either is changed once, by any of its names. */
    @Test
    void aNumberThatAnotherAccountGivesUpIsFreeWhenThatHasBeenConverted() throws Exception {
        write(
                "etc/passwd",
                read("etc/passwd").replace(":109:105:", ":114:105:") + "nova:x:109:109::/var/lib/nova:/bin/sh\n");
        write("etc/group", read("etc/group") + "nova:x:109:\n");
        write("etc/shadow", read("etc/shadow") + "nova:!:19000::::::\n");
        write("etc/gshadow", read("etc/gshadow") + "nova:!::\n");
        owned(write("var/lib/libvirt/qemu/state", "x"), 114, 114);
        Path novas = owned(write("var/lib/libvirt/images/nova", "x"), 109, 109);
        Files.createLink(novas.resolveSibling("nova-again"), novas);
        owned(write("var/lib/libvirt/images/both", "x"), 109, 114);
        String[] alone = {
            "-Didagent.accounts.libvirt-qemu.uid=64055", "-Didagent.accounts.libvirt-qemu.gid=64055", "--convert-now"
        };
        String[] both = Stream.concat(
                        Stream.of("-Didagent.accounts.nova.uid=114", "-Didagent.accounts.nova.gid=114"),
                        Stream.of(alone))
                .toArray(String[]::new);
        says(4, "UID_TAKEN: uid 114 is taken by user libvirt-qemu", both);

        says(0, "libvirt-qemu 114:114 -> 64055:64055", alone);
        says(0, " s  nova 109:109 -> 114:114\n", both);

        assertAll(
                () -> assertEquals("64055:64055", owner("var/lib/libvirt/qemu/state")),
                () -> assertEquals("114:114", owner("var/lib/libvirt/images/nova")),
                () -> assertEquals("114:64055", owner("var/lib/libvirt/images/both")));
        says(0, "NORMALIZED", both);
    }

    @Test
    void aLinkThatUsermodWouldFollowOutIsRefused() throws Exception {
        for (String name : List.of("etc/passwd", "etc/group", "etc/shadow", "etc", "run", "var/lib")) {
            Path inside = root.resolve(name);
            if (Files.notExists(inside, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(inside);
            }
            Path moved = outside.resolve("moved");
            Files.move(inside, moved);
            Files.createSymbolicLink(inside, moved);

            says(2, inside + " is a symbolic link", "--convert-now");

            Files.delete(inside);
            Files.move(moved, inside);
        }
        assertEquals("109:114", owner("var/lib/libvirt/qemu/state"));
    }

    /** A disk from elsewhere brings an open journal of a system that ran, and links where this program will write. */
    @Test
    void theJournalOfAForeignDiskTouchesNothingOutside() throws Exception {
        says(0, "Done", "--convert-now");
        Path journal;
        try (Stream<Path> folders = Files.list(root.resolve("var/lib/libvirt-id-agent/conversions"))) {
            journal = folders.findFirst().orElseThrow().resolve("journal");
        }
        List<String> lines = Files.readAllLines(journal);
        String opened = lines.get(0)
                .substring(0, lines.get(0).lastIndexOf(' '))
                .replace("\"offline\":true", "\"offline\":false")
                .replace("\"wereUp\":[]", "\"wereUp\":[\"libvirtd.service\"]");
        CRC32 sum = new CRC32();
        sum.update(opened.getBytes(StandardCharsets.UTF_8));
        List<String> open = lines.stream()
                .skip(1)
                .filter(line -> !line.contains("closed") && !line.contains("PROVE"))
                .toList();
        Files.writeString(journal, String.format("%s %08x%n%s%n", opened, sum.getValue(), String.join("\n", open)));
        Path precious = Files.writeString(outside.resolve("precious"), "of this machine");
        Files.createSymbolicLink(journal.resolveSibling("manifest-2.unfinished"), precious);
        owned(write("var/lib/libvirt/images/late.qcow2", "x"), 109, 114);

        says(0, "Done", "--recover");

        assertEquals("of this machine", Files.readString(precious));
        assertEquals("64055:64055", owner("var/lib/libvirt/images/late.qcow2"));
    }

    /** In the image /srv/disks is the image's; on this machine it would be somebody else's. */
    @Test
    void anAbsoluteLinkToARootStaysInside() throws Exception {
        Path foreign = Files.createDirectory(outside.resolve("disks"));
        Path theirs = owned(Files.writeString(foreign.resolve("theirs"), "x"), 109, 114);
        owned(write(foreign.toString().substring(1) + "/ours", "x"), 109, 114);
        Files.createDirectories(root.resolve("var/cache"));
        Files.createSymbolicLink(root.resolve("var/cache/libvirt"), foreign);

        says(0, "Done", "--convert-now");

        assertEquals("109:114", numbers(theirs));
        assertEquals("64055:64055", owner(foreign.toString().substring(1) + "/ours"));
    }

    @Test
    void thisMachineIsNoImage() throws Exception {
        for (String directory : List.of("/", "//", "/usr/..", link("/").toString())) {
            Result result = run("--convert-now", "--root", directory);
            assertEquals(2, result.exitCode(), result.toString());
            assertTrue(result.err().contains("is this host itself"), result.err());
        }
    }

    @Test
    void aDirectoryReachedByALinkIsTheDirectory() throws Exception {
        Result result = run("--convert-now", "--root", link(root.toString()).toString());
        assertEquals(0, result.exitCode(), result.toString());
        assertEquals("64055:64055", owner("var/lib/libvirt/qemu/state"));
    }

    private Path link(String target) throws IOException {
        return Files.createSymbolicLink(Files.createTempDirectory(outside, "l").resolve("link"), Path.of(target));
    }

    private void says(int exitCode, String words, String... command) throws Exception {
        Result result = run(Stream.concat(Stream.of(command), Stream.of("--root", root.toString()))
                .toArray(String[]::new));
        assertEquals(exitCode, result.exitCode(), result.toString());
        assertTrue((result.out() + result.err()).contains(words), result.toString());
    }

    private Result run(String... arguments) throws Exception {
        return runProgram(Stream.concat(Stream.of(PROGRAM.toString()), Stream.of(arguments))
                .toArray(String[]::new));
    }

    private Result runProgram(String... words) throws Exception {
        List<String> command = List.of(words);
        Path out = Files.createTempFile(outside, "out", null);
        Path err = Files.createTempFile(outside, "err", null);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        // The Java that runs this test need not be root's, and root's program runs no other.
        builder.environment().remove("JAVA_HOME");
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), command + " did not end");
        return new Result(command, process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Path write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private String read(String name) throws IOException {
        return Files.readString(root.resolve(name));
    }

    private String owner(String name) throws IOException {
        return numbers(root.resolve(name));
    }

    private static Path owned(Path file, int uid, int gid) throws IOException {
        Files.setAttribute(file, "unix:gid", gid);
        Files.setAttribute(file, "unix:uid", uid);
        return file;
    }

    private static String numbers(Path file) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        return attributes.get("uid") + ":" + attributes.get("gid");
    }

    private static Map<Path, String> machine() throws IOException {
        Map<Path, String> content = new TreeMap<>();
        for (Path path : OF_THIS_MACHINE) {
            if (Files.exists(path)) {
                String text = Files.isDirectory(path) ? "" : Files.readString(path);
                content.put(path, numbers(path) + " " + Files.getLastModifiedTime(path) + " " + text);
            }
        }
        return content;
    }
}
