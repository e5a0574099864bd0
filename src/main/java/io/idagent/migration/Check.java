package io.idagent.migration;

import io.idagent.migration.MigrationFinding.Kind;
import io.idagent.migration.MigrationFinding.Severity;
import java.util.Optional;

/** One question about a migration, answered from facts alone: it reads nothing itself. */
interface Check {

    void look(MigrationFacts facts, Findings found);

    /** Where a check leaves what it finds. */
    interface Findings {

        void add(MigrationFinding finding);

        default void error(Kind kind, Optional<String> domain, String sentence, String why, String mend) {
            add(new MigrationFinding(Severity.ERROR, kind, domain, sentence, why, mend));
        }

        default void warning(Kind kind, Optional<String> domain, String sentence, String why, String mend) {
            add(new MigrationFinding(Severity.WARNING, kind, domain, sentence, why, mend));
        }

        default void unknown(Kind kind, Optional<String> domain, String sentence, String why, String mend) {
            add(new MigrationFinding(Severity.UNKNOWN, kind, domain, sentence, why, mend));
        }
    }
}
