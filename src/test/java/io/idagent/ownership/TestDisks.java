package io.idagent.ownership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Real file systems for one test, unmounted after it whatever happens; and a shell that works in them. */
final class TestDisks implements AfterEachCallback {

    private final Deque<Path> mounted = new ArrayDeque<>();
    /** Each ends when nothing more is to be read. */
    private final Deque<Process> helpers = new ArrayDeque<>();

    Path tmpfs(Path at) throws Exception {
        Files.createDirectories(at);
        return mount(at, "mount", "-t", "tmpfs", "-o", "mode=755", "test", at.toString());
    }

    /** XFS is never smaller than this; the image is sparse. */
    Path xfs(Path at) throws Exception {
        Files.createDirectories(at);
        Path image = Files.createTempFile(at.getParent(), "xfs-", ".img");
        run("truncate", "-s", "320M", image.toString());
        run("mkfs.xfs", "-q", "-f", image.toString());
        return mount(at, "mount", "-o", "loop", image.toString(), at.toString());
    }

    /** The lower directory shows through the upper one. */
    Path overlay(Path lower, Path at) throws Exception {
        Path upper = Files.createDirectories(at.resolveSibling(at.getFileName() + "-upper"));
        Path work = Files.createDirectories(at.resolveSibling(at.getFileName() + "-work"));
        Files.createDirectories(at);
        String options = "lowerdir=" + lower + ",upperdir=" + upper + ",workdir=" + work;
        return mount(at, "mount", "-t", "overlay", "-o", options, "test", at.toString());
    }

    /** It has no extended attributes at all. */
    Path ramfs(Path at) throws Exception {
        Files.createDirectories(at);
        return mount(at, "mount", "-t", "ramfs", "test", at.toString());
    }

    /** A loop device, which the kernel frees with the mount. */
    Path ext4(Path at) throws Exception {
        Files.createDirectories(at);
        Path image = Files.createTempFile(at.getParent(), "ext4-", ".img");
        run("truncate", "-s", "16M", image.toString());
        run("mkfs.ext4", "-q", "-F", image.toString());
        return mount(at, "mount", "-o", "loop", image.toString(), at.toString());
    }

    /** A file system in user space. @return the process that answers for it */
    long bindfs(Path directory, Path at, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("bindfs", "-f"));
        command.addAll(List.of(options));
        command.addAll(List.of(directory.toString(), at.toString()));
        return serve(at, command);
    }

    private long serve(Path at, List<String> command) throws Exception {
        Files.createDirectories(at);
        String before = run("stat", "-c", "%d", at.toString());
        Process server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        mounted.push(at);
        for (int i = 0; i < 500 && run("stat", "-c", "%d", at.toString()).equals(before); i++) {
            Thread.sleep(10);
        }
        return server.pid();
    }

    /** A directory as a file system that takes its time, built from what the benchmark uses. */
    Path slow(Path directory, Duration operation, Path at) throws Exception {
        Path program = Path.of("target/slowfs").toAbsolutePath();
        sh(
                Path.of("deploy/bench"),
                "gcc -O2 -D_FILE_OFFSET_BITS=64 -o " + program + " slowfs.c $(pkg-config --cflags --libs fuse3)");
        serve(
                at,
                List.of(
                        program.toString(),
                        directory.toString(),
                        Long.toString(operation.toNanos() / 1000),
                        at.toString()));
        return at;
    }

    /**
     * A directory mounted once more, with other numbers ({@code mount_setattr(2)}); mount(8) can do so from 2.39 on only.
     *
     * @param uids,gids lines of a user namespace's map: stored, shown, how many
     */
    Path idmapped(Path directory, Path at, List<String> uids, List<String> gids) throws Exception {
        Files.createDirectories(at);
        Process holder = new ProcessBuilder("unshare", "--user", "sh", "-c", "echo; read line").start();
        try {
            holder.inputReader().readLine();
            Path process = Path.of("/proc/" + holder.pid());
            Files.writeString(process.resolve("uid_map"), String.join("\n", uids) + "\n");
            Files.writeString(process.resolve("gid_map"), String.join("\n", gids) + "\n");
            perl(directory, """
                    my ($from, $to, $empty) = ("%s", "%s", "");
                    open my $namespace, "<", "%s/ns/user" or die $!;
                    my $tree = syscall(428, -100, $from, 1); # open_tree, OPEN_TREE_CLONE
                    my $map = pack("Q4", 0x100000, 0, 0, fileno $namespace); # MOUNT_ATTR_IDMAP
                    syscall(442, $tree, $empty, 0x1000, $map, 32) == 0 or die "mount_setattr: $!";
                    syscall(429, $tree, $empty, -100, $to, 4) == 0 or die "move_mount: $!";
                    """.formatted(directory, at, process));
        } finally {
            holder.destroy();
            holder.waitFor();
        }
        mounted.push(at);
        return at;
    }

    /**
     * A directory on which something is to be mounted as soon as somebody goes there ({@code autofs(5)}); whoever does waits until
     * the end of the test.
     *
     * @return a pipe with the kernel's questions
     */
    Path automount(Path at) throws Exception {
        Files.createDirectories(at);
        Path questions = at.resolveSibling(at.getFileName() + "-questions");
        run("mkfifo", questions.toString());
        // The kernel asks nothing of the process group that answers, so that must not be ours.
        Process server = new ProcessBuilder("perl", "-we", """
                        my ($at, $questions) = @ARGV;
                        setpgrp;
                        $^F = 255; # for mount
                        open my $pipe, "+<", $questions or die $!;
                        my $options = "fd=" . fileno($pipe) . ",pgrp=$$,minproto=5,maxproto=5,direct";
                        system("mount", "-t", "autofs", "-o", $options, "test", $at) == 0 or die;
                        open my $root, "<", $at or die $!;
                        print "mounted\\n";
                        close STDOUT;
                        <STDIN>;
                        ioctl $root, 0x9362, 0; # AUTOFS_IOC_CATATONIC: nobody waits any more
                        """, at.toString(), questions.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        helpers.push(server);
        if (server.inputReader().readLine() == null) {
            throw new IOException("autofs cannot be mounted on " + at);
        }
        mounted.push(at);
        return questions;
    }

    Path bind(Path directory, Path at) throws Exception {
        Files.createDirectories(at);
        return mount(at, "mount", "--bind", directory.toString(), at.toString());
    }

    /** One file mounted over another. */
    void bindFile(Path file, Path over) throws Exception {
        mount(over, "mount", "--bind", file.toString(), over.toString());
    }

    private Path mount(Path at, String... command) throws Exception {
        run(command);
        mounted.push(at);
        return at;
    }

    /** Runs a script in a directory. @return what it printed */
    static String sh(Path directory, String script) throws Exception {
        return start(new ProcessBuilder("sh", "-ec", script).directory(directory.toFile()));
    }

    /** The same in Perl, which copes with paths of any length. */
    static void perl(Path directory, String script) throws Exception {
        start(new ProcessBuilder("perl", "-e", script).directory(directory.toFile()));
    }

    static String run(String... command) throws Exception {
        return start(new ProcessBuilder(command));
    }

    private static String start(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", List.copyOf(builder.command())) + " failed: " + output);
        }
        return output.strip();
    }

    /** Something still open must fail the test, but must not leave a mount behind. */
    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Exception first = null;
        for (Process helper : helpers) {
            helper.getOutputStream().close();
            helper.waitFor();
        }
        while (!mounted.isEmpty()) {
            Path at = mounted.pop();
            try {
                run("umount", at.toString());
            } catch (IOException busy) {
                first = busy;
                run("umount", "-l", at.toString());
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
