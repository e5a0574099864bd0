package io.idagent.conversion;

import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.ownership.Tally;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Outcomes of conversions for tests. */
public final class Outcomes {

    private Outcomes() {}

    public static ConversionOutcome done() {
        return of(Result.DONE, "libvirt-qemu has 64055:64055");
    }

    public static ConversionOutcome of(Result result, String sentence) {
        return new ConversionOutcome(
                result,
                sentence,
                Duration.ofMillis(2340),
                Duration.ofMillis(810),
                17,
                List.of(),
                0,
                Optional.empty(),
                List.of(),
                Optional.of(Path.of("/var/lib/libvirt-id-agent/conversions/20260301T120000Z")));
    }

    /** Converted, with everything that can be worth a line. */
    public static ConversionOutcome withLeftovers() {
        return new ConversionOutcome(
                Result.DONE,
                "libvirt-qemu has 64055:64055, but some files could not be changed",
                Duration.ofSeconds(75),
                Duration.ofMillis(810),
                1,
                List.of("/var/lib/libvirt/images/a: Operation not permitted (immutable)"),
                1,
                Optional.of(new Tally(2, 2048, List.of("/srv/x", "/srv/y"))),
                List.of("A cache may still know the old numbers: nscd"),
                Optional.of(Path.of("/var/lib/libvirt-id-agent/conversions/20260301T120000Z")));
    }
}
