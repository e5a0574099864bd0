package io.idagent.ownership;

import io.idagent.platform.DirectoryEntries;
import io.idagent.platform.FileStatus;
import io.idagent.platform.Gid;
import io.idagent.platform.LibC;
import io.idagent.platform.OpenFlags;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a walk does for each entry of a directory, beside what Java's own library needs for the same answer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgs = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class WalkLoops {

    private static final int FILES = 1000;
    private static final Map<Uid, Uid> UIDS = Map.of(new Uid(109), new Uid(64055));
    private static final Map<Gid, Gid> GIDS = Map.of(new Gid(114), new Gid(64055));

    private final LibC libC = LibC.load();
    private final DirectoryEntries entries = new DirectoryEntries();
    private final FileStatus status = new FileStatus();
    private Path directory;
    private byte[] directoryBytes;
    private byte[] acl;

    @Setup(Level.Trial)
    public void makeFiles() throws IOException {
        directory = Files.createTempDirectory("loops");
        directoryBytes = directory.toString().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < FILES; i++) {
            Files.createFile(directory.resolve("file-" + i));
        }
        acl = PosixAcl.ofMode(0640)
                .granting(Set.of(new Uid(109), new Uid(4711)), 6)
                .format();
    }

    @TearDown(Level.Trial)
    public void removeFiles() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Benchmark
    @OperationsPerInvocation(FILES)
    public long listedOnly() {
        return read(false);
    }

    @Benchmark
    @OperationsPerInvocation(FILES)
    public long ownersOfEntries() {
        return read(true);
    }

    private long read(boolean looks) {
        int descriptor = libC.open(directoryBytes, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC);
        long sum = 0;
        while (libC.getdents64(descriptor, entries) > 0) {
            while (entries.next()) {
                if (!looks) {
                    sum++;
                } else if (libC.statx(descriptor, entries, 0, status) == 0) {
                    sum += status.uidBits() + status.gidBits();
                }
            }
        }
        libC.close(descriptor);
        return sum;
    }

    /** The same by Java's own library. */
    @Benchmark
    @OperationsPerInvocation(FILES)
    public long ownersOfEntriesByJavaNio() throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Map<String, Object> owner = Files.readAttributes(file, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
                sum += (Integer) owner.get("uid") + (Integer) owner.get("gid");
            }
        }
        return sum;
    }

    @Benchmark
    public byte[] aclWithAnotherNumber() {
        return PosixAcl.parse(acl).orElseThrow().with(UIDS, GIDS).format();
    }
}
