package io.idagent.cli;

import io.idagent.agent.Converter.Ending;
import io.idagent.assessment.Assessment;
import io.idagent.assessment.Blocker;
import io.idagent.assessment.Readiness;
import io.idagent.assessment.State;
import io.idagent.conversion.ConversionOutcome;
import java.util.List;

/** Exit codes, as the README documents them: scripts live by these. */
final class ExitCode {

    static final int DONE = 0;
    static final int UNEXPECTED = 1;
    static final int USAGE = 2;
    static final int BLOCKED_BY_GUESTS = 3;
    static final int BLOCKED_BY_TAKEN_ID = 4;
    static final int BLOCKED = 5;
    static final int UNDONE = 6;
    static final int LEFTOVERS = 7;
    /** Of check-migration: something to object. */
    static final int FINDINGS = 8;
    /** EX_TEMPFAIL of sysexits.h: try again later. */
    static final int ANOTHER_IS_RUNNING = 75;

    private ExitCode() {}

    static int of(Ending ending) {
        if (ending instanceof Ending.Carried carried) {
            return of(carried.last());
        }
        if (ending instanceof Ending.Nothing nothing) {
            return of(nothing.look().assessment().blockers());
        }
        return ending instanceof Ending.AnotherIsRunning ? ANOTHER_IS_RUNNING : BLOCKED;
    }

    static int of(ConversionOutcome outcome) {
        return switch (outcome.result()) {
            case DONE -> outcome.leftovers() > 0 || !outcome.problems().isEmpty() ? LEFTOVERS : DONE;
            // Between the look and the change only guests can turn up.
            case BLOCKED -> BLOCKED_BY_GUESTS;
            case UNDONE -> UNDONE;
            case UNFINISHED -> UNEXPECTED;
        };
    }

    /** Guests only if nothing else is in the way: a script that waits for them must not wait in vain. */
    static int of(List<Blocker> blockers) {
        if (blockers.isEmpty()) {
            return DONE;
        }
        if (blockers.stream().anyMatch(blocker -> blocker.obstacle() == Blocker.Obstacle.TAKEN_ID)) {
            return BLOCKED_BY_TAKEN_ID;
        }
        return blockers.stream().allMatch(blocker -> blocker.obstacle() == Blocker.Obstacle.GUESTS)
                ? BLOCKED_BY_GUESTS
                : BLOCKED;
    }

    /** Of {@code status}: as monitoring plugins have them, OK, WARNING, CRITICAL, UNKNOWN. */
    static int ofStatus(Assessment assessment) {
        if (assessment.readiness() == Readiness.NOT_READY) {
            return 2;
        }
        if (assessment.readiness() == Readiness.UNKNOWN) {
            return 3;
        }
        return assessment.state() == State.LEFTOVERS || !assessment.findings().isEmpty() ? 1 : 0;
    }

    /** @param forgotten access that was given to other hosts has been out for more than a day */
    static int ofStatus(Assessment assessment, boolean forgotten) {
        int code = ofStatus(assessment);
        return code == 0 && forgotten ? 1 : code;
    }
}
