package io.idagent.conversion;

import io.idagent.ownership.ChangeOutcome;
import io.idagent.ownership.Hit;
import io.idagent.ownership.OwnerChanger;
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
        work.manifest().read(pass, hit -> {
            if (hit.changes()) {
                change(work, hit);
            }
            done[0]++;
            if (done[0] % REPORT_EVERY == 0) {
                work.listener().progress(Step.CHANGE_OWNERS, done[0], work.linesListed());
            }
        });
    }

    private void change(Undertaking work, Hit hit) {
        ChangeOutcome outcome = changer.change(base, hit);
        if (outcome instanceof ChangeOutcome.Changed changed) {
            work.changed(1);
            changed.notes().forEach(work::note);
        } else if (outcome instanceof ChangeOutcome.Replaced replaced) {
            // Whoever put something else there did it after the list was made; the proof looks at it again.
            work.note(replaced.sentence());
        } else if (outcome instanceof ChangeOutcome.Failed failed) {
            work.problem(failed.sentence());
        }
    }
}
