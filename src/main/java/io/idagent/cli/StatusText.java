package io.idagent.cli;

import io.idagent.agent.StatusDocument;
import io.idagent.agent.StatusDocument.AccountDocument;
import io.idagent.conversion.ConversionOutcome;
import io.idagent.ownership.Tally;
import io.idagent.platform.Printable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The same as {@link StatusDocument} for a person: one screen, the verdict in the first line. */
final class StatusText {

    private final StringBuilder text = new StringBuilder();
    private final StatusDocument status;

    private StatusText(StatusDocument status) {
        this.status = status;
    }

    static String of(StatusDocument status) {
        StatusText view = new StatusText(status);
        view.text
                .append(status.state())
                .append(": ")
                .append(Printable.line(status.sentence()))
                .append("\n\n");
        status.accounts().forEach(view::account);
        view.row(
                "libvirt",
                status.baseLabel()
                        .map(label -> "starts guests as " + label)
                        .orElse("not installed, or it could not be asked"));
        view.guests();
        view.files();
        view.last();
        view.grants();
        view.obstacles();
        view.heldBy();
        view.remarks();
        view.notSeen();
        return view.text.toString();
    }

    /** Without the details: the state, what is in the way, and what an earlier conversion has left to be done. */
    static String verdict(StatusDocument status) {
        StatusText view = new StatusText(status);
        view.text
                .append(status.state())
                .append(": ")
                .append(Printable.line(status.sentence()))
                .append('\n');
        view.obstacles();
        view.reserved();
        return view.text.toString();
    }

    private void account(AccountDocument account) {
        row(
                "account",
                account.user() + ": uid " + number(account.uid(), account.targetUid()) + ", gid "
                        + number(account.gid(), account.targetGid())
                        + (account.user().equals(account.group()) ? "" : " (group " + account.group() + ")"));
    }

    private static String number(Optional<?> now, Object target) {
        if (now.isEmpty()) {
            return "none";
        }
        String current = now.get().toString();
        return current.equals(target.toString()) ? current + " (right)" : current + ", should be " + target;
    }

    private void guests() {
        String guests = status.guests()
                .map(list -> list.isEmpty()
                        ? "none running"
                        : list.stream()
                                .map(guest -> guest.name()
                                        + guest.pid()
                                                .map(pid -> " (pid " + pid + uid(guest) + ")")
                                                .orElse(""))
                                .collect(Collectors.joining(", ")))
                .orElse("not seen");
        row("guests", guests);
    }

    private static String uid(StatusDocument.GuestDocument guest) {
        return guest.uid().map(uid -> ", uid " + uid).orElse("");
    }

    private void files() {
        if (status.files().isEmpty()) {
            return;
        }
        StatusDocument.FilesDocument files = status.files().get();
        String label = "files";
        if (files.toChange() == 0) {
            row(label, "none to change (" + files.lookedAt() + " looked at)");
            return;
        }
        row(label, files.lookedAt() + " looked at, to change:");
        tally(files.leftovers(), "with former or current numbers");
        tally(files.adoptableOrphans(), "that belong to nobody (orphans)");
        tally(files.acls(), "with former or current numbers in an ACL");
        tally(files.ownerRecords(), "that libvirt would give back to former or current numbers");
    }

    private void tally(Tally tally, String what) {
        if (tally.files() == 0) {
            return;
        }
        row("", "  " + tally.files() + " " + what + ", " + Units.bytes(tally.bytes()));
        tally.firstPaths().forEach(path -> row("", "    " + path));
        if (tally.files() > tally.firstPaths().size()) {
            row("", "    ...");
        }
    }

    private void grants() {
        status.grants()
                .filter(grants -> grants.count() > 0)
                .ifPresent(grants -> row(
                        "shared",
                        (grants.count() == 1 ? "1 image is" : grants.count() + " images are")
                                + " open to other hosts' numbers since "
                                + grants.oldestAt().map(Object::toString).orElse("?")
                                + (grants.forgotten(status.observedAt()) ? ", more than a day" : "")
                                + " (libvirt-id-agent share list, share revoke)"));
    }

    private void last() {
        if (status.lastConversion().isEmpty()) {
            return;
        }
        StatusDocument.LastConversion last = status.lastConversion().get();
        row(
                "last",
                last.kind().replace('_', ' ') + " " + last.id() + ": "
                        + last.outcome().map(StatusText::outcome).orElse("cut off"));
    }

    private static String outcome(ConversionOutcome outcome) {
        return outcome.sentence() + " (" + Tally.inWords(outcome.filesChanged()) + ", libvirt down "
                + Units.seconds(outcome.libvirtDown()) + ")";
    }

    private void obstacles() {
        if (!status.blockers().isEmpty()) {
            text.append("\nIn the way:\n");
            status.blockers().forEach(b -> item(b.kind(), b.sentence(), b.advice()));
        }
    }

    private void heldBy() {
        if (!status.daemonHeldBy().isEmpty()) {
            text.append("\nThe daemon waits (a person need not):\n");
            status.daemonHeldBy().forEach(hold -> text.append("  ")
                    .append(hold.kind())
                    .append(": ")
                    .append(Printable.line(hold.sentence()))
                    .append('\n'));
        }
    }

    private void remarks() {
        if (!status.findings().isEmpty()) {
            text.append("\nWorth a look:\n");
            status.findings().forEach(f -> item(f.kind(), f.sentence(), f.advice()));
        }
    }

    private void reserved() {
        status.findings().stream()
                .filter(finding -> finding.kind().equals("FORMER_ID_RESERVED"))
                .forEach(finding -> item(finding.kind(), finding.sentence(), finding.advice()));
    }

    private void notSeen() {
        List<String> reasons = status.notSeen();
        if (!reasons.isEmpty()) {
            text.append("\nNot seen:\n");
            reasons.forEach(
                    reason -> text.append("  ").append(Printable.line(reason)).append('\n'));
        }
    }

    private void row(String label, String value) {
        text.append(String.format("  %-9s %s%n", label, Printable.line(value)));
    }

    private void item(String kind, String sentence, String advice) {
        text.append("  ")
                .append(kind)
                .append(": ")
                .append(Printable.line(sentence))
                .append('\n');
        if (!advice.isEmpty()) {
            text.append("    -> ").append(Printable.line(advice)).append('\n');
        }
    }
}
