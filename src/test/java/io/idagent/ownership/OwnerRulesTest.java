package io.idagent.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Gid;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnerRulesTest {

    private static final OwnerRules RULES = rules(Optional.of(new Adoption(
            new Uid(64055),
            new Gid(64055),
            new IdRange(100, 999),
            new IdRange(100, 999),
            Set.of(new Uid(120)),
            Set.of(new Gid(120)))));

    private final KnownNames names = new KnownNames(Set.of(0L, 105L, 1000L), Set.of(0L, 104L, 1000L));
    private final NamelessIds nameless = new NamelessIds(names);

    @Test
    void bothHalvesOfAFormerOwnerChange() throws Exception {
        assertVerdict("109:114", "64055:64055", Reason.FORMER_ID, false);
    }

    @Test
    void onlyTheHalfThatIsWrongChanges() throws Exception {
        assertVerdict("109:0", "64055:0", Reason.FORMER_ID, false);
        assertVerdict("0:114", "0:64055", Reason.FORMER_ID, false);
        assertVerdict("109:104", "64055:104", Reason.FORMER_ID, false);
    }

    @Test
    void aFormerUidIsNoFormerGid() throws Exception {
        assertVerdict("0:109", "0:64055", Reason.ORPHAN, false);
        assertVerdict("1000:104", "1000:104", null, false);
    }

    @Test
    void anOrphanInTheRangeIsAdopted() throws Exception {
        assertVerdict("111:111", "64055:64055", Reason.ORPHAN, false);
        assertVerdict("100:0", "64055:0", Reason.ORPHAN, false);
        assertVerdict("0:999", "0:64055", Reason.ORPHAN, false);
    }

    @Test
    void anOrphanOutsideTheRangeStaysAndIsReported() throws Exception {
        assertVerdict("2000:0", "2000:0", null, true);
        assertVerdict("99:1000", "99:1000", null, true);
    }

    @Test
    void anOrphanIsAdoptedOnlyWhereOrphansAre() throws Exception {
        Verdict verdict = RULES.judge(owner("111:111"), false, true, nameless);
        assertEquals(new Verdict(owner("111:111"), Optional.empty(), true), verdict);
    }

    @Test
    void theNumberOfAnotherAccountIsNotAdopted() throws Exception {
        assertVerdict("120:120", "120:120", null, true);
    }

    @Test
    void anIdWithANameIsNoOrphan() throws Exception {
        assertVerdict("105:104", "105:104", null, false);
    }

    @Test
    void aFormerHalfAndAnOrphanHalfAreBothSeen() throws Exception {
        assertVerdict("109:2000", "64055:2000", Reason.FORMER_ID, true);
        assertVerdict("109:333", "64055:64055", Reason.FORMER_ID, false);
    }

    @Test
    void whatHadATargetIdBeforeIsNoted() throws Exception {
        assertVerdict("64055:64055", "64055:64055", Reason.ALREADY_TARGET, false);
        assertVerdict("0:64055", "0:64055", Reason.ALREADY_TARGET, false);
        assertVerdict("64055:114", "64055:64055", Reason.FORMER_ID, false);
    }

    @Test
    void withoutAdoptionAndReportNoNameServiceIsAsked() throws Exception {
        OwnerRules formerOnly = rules(Optional.empty());
        formerOnly.judge(owner("111:2000"), true, false, nameless);
        RULES.judge(owner("111:2000"), false, false, nameless);
        RULES.judge(owner("109:114"), true, true, nameless);
        RULES.judge(owner("64055:64055"), true, true, nameless);
        assertEquals(0, names.questions());
    }

    @Test
    void eachIdIsAskedForOnce() throws Exception {
        RULES.judge(owner("111:2000"), true, true, nameless);
        RULES.judge(owner("111:2000"), true, true, nameless);
        RULES.judge(owner("105:2000"), false, true, nameless);
        assertEquals(3, names.questions());
    }

    @Test
    void aNameServiceThatIsDownGivesNoVerdict() {
        names.breakDown();
        assertThrows(NameServiceException.class, () -> RULES.judge(owner("111:0"), true, false, nameless));
    }

    @Test
    void anIdThatIsToBecomeItselfIsAMistake() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new OwnerRules(Map.of(new Uid(1), new Uid(1)), Map.of(), Optional.empty(), Set.of(), Set.of()));
    }

    @Test
    void aRangeIncludesItsEnds() {
        IdRange range = new IdRange(100, 999);
        assertTrue(range.contains(100) && range.contains(999));
        assertFalse(range.contains(99) || range.contains(1000));
        assertThrows(IllegalArgumentException.class, () -> new IdRange(5, 4));
    }

    private void assertVerdict(String before, String after, Reason reason, boolean orphanStays) throws Exception {
        Verdict expected = new Verdict(owner(after), Optional.ofNullable(reason), orphanStays);
        assertEquals(expected, RULES.judge(owner(before), true, true, nameless), before);
    }

    private static OwnerRules rules(Optional<Adoption> adoption) {
        return new OwnerRules(
                Map.of(new Uid(109), new Uid(64055)),
                Map.of(new Gid(114), new Gid(64055)),
                adoption,
                Set.of(new Uid(64055)),
                Set.of(new Gid(64055)));
    }

    private static Owner owner(String text) {
        String[] halves = text.split(":");
        return new Owner(Uid.parse(halves[0]), Gid.parse(halves[1]));
    }
}
