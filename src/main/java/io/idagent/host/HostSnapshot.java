package io.idagent.host;

import io.idagent.ownership.ScanResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is known about a host at one moment, and what is not known, with the reason. Whoever decides, decides
 * by this alone.
 *
 * @param offline a root directory of another system, given by {@code --root}: no services, no processes
 * @param failingNameServices a sentence for each service that cannot answer; empty: "not found" can be believed
 * @param unstartable guests that could not start under the target ids
 * @param former numbers that the account had before
 * @param reserved former numbers that accounts of ours keep from being given to others
 * @param scope what files were looked for; empty if there is no account
 * @param files what a scan of the roots found
 * @param readOnly places that must be written, and cannot
 * @param passwdLock by whom or what the account files are locked
 */
public record HostSnapshot(
        Instant observedAt,
        boolean offline,
        List<AccountFacts> accounts,
        Fact<List<String>> failingNameServices,
        LibvirtFacts libvirt,
        Fact<ProcessesInTheWay> processes,
        Fact<List<UnstartableGuest>> unstartable,
        Fact<FormerIds> former,
        Fact<List<ReservedId>> reserved,
        Optional<FileScope> scope,
        Fact<ScanResult> files,
        Fact<List<String>> readOnly,
        Fact<Optional<String>> passwdLock) {

    public HostSnapshot {
        accounts = List.copyOf(accounts);
    }
}
