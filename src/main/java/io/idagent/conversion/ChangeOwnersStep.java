package io.idagent.conversion;

import io.idagent.ownership.ChangeOutcome;
import io.idagent.ownership.OwnerChanger;
import io.idagent.ownership.OwnerChanges;
import io.idagent.ownership.TreeBase;
import java.io.IOException;

/**
 * Changes owners as the manifest says. Each file is looked at again at the moment of its change; a file that cannot be
 * changed is listed, and does not keep the others from being changed.
 */
final class ChangeOwnersStep implements StepAction {

    private static final int REPORT_EVERY = 256;

    private final OwnerChanger changer;
    private final TreeBase base;

    ChangeOwnersStep(OwnerChanger changer, TreeBase base) {
        this.changer = changer;
        this.base = base;
    }

    @Override
    public String run(Undertaking work) throws IOException {
        long before = work.filesChanged();
        for (int pass : work.manifest().passes()) {
            apply(work, pass);
        }
        work.releaseNumbers();
        long files = work.filesChanged() - before;
        return files == 1 ? "1 file" : files + " files";
    }

    /** Changes what one pass of the manifest lists. */
    void apply(Undertaking work, int pass) throws IOException {
        long[] done = {0};
        try (OwnerChanges changes = new OwnerChanges(changer, base, outcome -> {
            note(work, outcome);
            if (++done[0] % REPORT_EVERY == 0) {
                work.listener().progress(Step.CHANGE_OWNERS, done[0], work.linesListed());
            }
        })) {
            work.manifest().read(pass, hit -> {
                if (hit.changes()) {
                    changes.add(hit);
                } else {
                    done[0]++;
                }
            });
            changes.finish();
        }
    }

    private static void note(Undertaking work, ChangeOutcome outcome) {
        if (outcome instanceof ChangeOutcome.Changed changed) {
            work.changed(1);
            changed.notes().forEach(work::note);
            changed.losses().forEach(work::problem);
        } else if (outcome instanceof ChangeOutcome.Replaced replaced) {
            // Whoever put something else there did it after the list was made; the proof looks at it again.
            work.note(replaced.sentence());
        } else if (outcome instanceof ChangeOutcome.Failed failed) {
            work.problem(failed.sentence());
        }
    }
}
