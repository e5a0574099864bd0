package io.idagent.conversion;

import io.idagent.ownership.Hit;
import io.idagent.ownership.OwnerHit;
import io.idagent.ownership.Reason;
import io.idagent.platform.FileType;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the manifest costs for each file that changes, but for the disk. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgs = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"})
public class ManifestLoops {

    private final Path file = Path.of("manifest");
    private final Hit hit = new OwnerHit(
            RawPath.of(Path.of("/var/lib/libvirt/images/a-guest/disk-0.qcow2")),
            1234567,
            FileType.REGULAR,
            0600,
            new Owner(new Uid(109), new Gid(114)),
            new Owner(new Uid(64055), new Gid(64055)),
            Reason.FORMER_ID,
            1 << 30);
    private final String line = ManifestLine.format(hit).strip();

    @Benchmark
    public String lineWritten() {
        return ManifestLine.format(hit);
    }

    @Benchmark
    public Hit lineRead() throws IOException {
        return ManifestLine.parse(line, file, 1);
    }
}
