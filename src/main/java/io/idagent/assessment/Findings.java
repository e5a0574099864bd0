package io.idagent.assessment;

import io.idagent.assessment.Finding.Kind;
import io.idagent.host.AccountChange;
import io.idagent.host.AccountFacts;
import io.idagent.host.ConversionFact;
import io.idagent.host.Fact;
import io.idagent.host.FormerIds;
import io.idagent.host.HostSnapshot;
import io.idagent.host.ReservedId;
import io.idagent.ownership.MountTally;
import io.idagent.ownership.ScanResult;
import io.idagent.ownership.Tally;
import io.idagent.platform.QemuConf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a person should know beside state and blockers. */
final class Findings {

    private final List<Finding> found = new ArrayList<>();

    private Findings() {}

    static List<Finding> of(HostSnapshot host, ConversionFact conversion) {
        Findings findings = new Findings();
        findings.aboutNumbers(host);
        findings.aboutQemu(host);
        Fact.valueOf(host.files()).ifPresent(findings::aboutFiles);
        if (conversion instanceof ConversionFact.Failed failed) {
            findings.add(
                    Kind.LAST_ATTEMPT_FAILED,
                    "the conversion of " + failed.at() + " failed: " + failed.why(),
                    "mend the reason, then run libvirt-id-agent --convert-now");
        }
        if (conversion instanceof ConversionFact.RolledBack rolledBack) {
            findings.add(
                    Kind.ROLLED_BACK,
                    "the last conversion was taken back on " + rolledBack.at(),
                    "convert again when the reason is mended");
        }
        return findings.found;
    }

    private void aboutNumbers(HostSnapshot host) {
        for (String reused : host.former().orElse(FormerIds.NONE).reused()) {
            add(Kind.FORMER_ID_REUSED, reused, "files with that number are taken for the new owner's and left alone");
        }
        for (ReservedId id : host.reserved().orElse(List.of())) {
            id.whyKept()
                    .ifPresent(why -> add(
                            Kind.FORMER_ID_RESERVED,
                            id.number() + " is reserved by " + id.name() + ", so that nobody is given files with it: "
                                    + why,
                            "it goes when no file carries the number; give what is left to whom it belongs (chown)"));
        }
        for (AccountFacts facts : host.accounts()) {
            Optional<AccountChange> change = facts.change().filter(c -> !c.changesNothing());
            change.ifPresent(c -> add(
                    Kind.SAME_OLD_NUMBER,
                    "other hosts that still have " + c.from() + " exchange guests with this one until it is converted,"
                            + " and no longer afterwards",
                    "convert a fleet host by host: empty each one onto a converted host, then convert it"));
        }
    }

    private void aboutQemu(HostSnapshot host) {
        if (!host.libvirt().isInstalled() || host.accounts().isEmpty()) {
            return;
        }
        QemuConf conf = host.libvirt().qemuConf().orElse(QemuConf.DEBIAN_DEFAULTS);
        String user = host.accounts().get(0).account().user();
        if (conf.user().equals(user)) {
            return;
        }
        String sentence = "qemu.conf makes qemu run as " + conf.user() + ", not as " + user;
        if (QemuConf.namesNumber(conf.user())) {
            String own = host.accounts()
                    .get(0)
                    .change()
                    .map(c -> c.uidFrom().toString())
                    .orElse("");
            if (!QemuConf.number(conf.user()).equals(own)) {
                add(
                        Kind.QEMU_RUNS_AS_OTHER,
                        sentence,
                        "if that is wanted, leave it: it does not change with the account");
            }
        } else {
            add(
                    Kind.QEMU_RUNS_AS_OTHER,
                    sentence,
                    "if that is wanted, configure idagent.accounts." + conf.user() + ".uid and .gid instead");
        }
    }

    private void aboutFiles(ScanResult files) {
        if (files.otherOrphans().files() > 0) {
            add(
                    Kind.OTHER_ORPHANS,
                    Tally.inWords(files.otherOrphans().files()) + " of nobody, and not the account's: "
                            + String.join(", ", files.otherOrphans().firstPaths()),
                    "give them to whom they belong (chown); a number that was this account's goes to"
                            + " idagent.former-uids or -gids");
        }
        if (files.alreadyTarget().files() > 0) {
            add(
                    Kind.TARGET_ID_ON_FILES,
                    Tally.inWords(files.alreadyTarget().files()) + " with a target id that nobody has yet: "
                            + String.join(", ", files.alreadyTarget().firstPaths()),
                    "the account will own them; look whether it should");
        }
        if (files.staleRecords().files() > 0) {
            add(
                    Kind.STALE_OWNER_RECORDS,
                    files.staleRecords().files() + " files have a record of libvirt, from before this host was started,"
                            + " that they are to be given back to a former id: "
                            + String.join(", ", files.staleRecords().firstPaths()),
                    "libvirt ignores such records; setfattr -x trusted.libvirt.security.dac FILE removes one");
        }
        for (MountTally mount : files.sharedStorage()) {
            if (mount.tally().files() > 0) {
                add(
                        Kind.SHARED_STORAGE,
                        Tally.inWords(mount.tally().files()) + " on " + mount.mountPoint() + " ("
                                + mount.fileSystemType()
                                + ") with former ids: "
                                + String.join(", ", mount.tally().firstPaths()),
                        "other hosts may be using them: libvirt gives images to the account when guests start; change"
                                + " what else is there on the server when all hosts are converted");
            }
        }
        if (!files.isComplete()) {
            add(
                    Kind.NOT_SEEN,
                    "could not look everywhere (" + files.errorCount() + " errors); the first: "
                            + files.errors().get(0).sentence(),
                    "run as root; else see the reason");
        }
    }

    private void add(Kind kind, String sentence, String advice) {
        found.add(new Finding(kind, sentence, advice));
    }
}
