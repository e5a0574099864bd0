package io.idagent.host;

import io.idagent.ownership.ScanResult;
import io.idagent.platform.QemuConf;
import io.idagent.platform.Unit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What only a thorough look can tell, and only one with the right to read everything: the facts that are slow to get, or
 * closed to an ordinary user. The scan service leaves them for the daemon.
 */
public record ScanFindings(
        int format,
        Instant scannedAt,
        Fact<List<Unit>> units,
        Fact<QemuConf> qemuConf,
        Fact<List<UnstartableGuest>> unstartable,
        Fact<List<String>> failingNameServices,
        Fact<FormerIds> former,
        Fact<List<ReservedId>> reserved,
        Optional<FileScope> scope,
        Fact<ScanResult> files,
        Fact<List<String>> readOnly) {

    public static final int FORMAT = 1;

    public ScanFindings {
        // Those of an earlier version do not tell of them.
        reserved = reserved == null ? Fact.known(List.of()) : reserved;
    }

    public static ScanFindings of(HostSnapshot host) {
        return new ScanFindings(
                FORMAT,
                host.observedAt(),
                host.libvirt().units(),
                host.libvirt().qemuConf(),
                host.unstartable(),
                host.failingNameServices(),
                host.former(),
                host.reserved(),
                host.scope(),
                host.files(),
                host.readOnly());
    }

    /** Whether the name services have answered. What could not be told for want of them stays so until the next scan. */
    public boolean knowsNames() {
        return former.isKnown()
                && Fact.valueOf(failingNameServices).filter(List::isEmpty).isPresent();
    }

    /** Before the first scan. */
    public static ScanFindings none(String why) {
        return new ScanFindings(
                FORMAT,
                Instant.EPOCH,
                Fact.known(List.of()),
                Fact.unknown(why),
                Fact.unknown(why),
                Fact.unknown(why),
                Fact.unknown(why),
                Fact.unknown(why),
                Optional.empty(),
                Fact.unknown(why),
                Fact.unknown(why));
    }
}
