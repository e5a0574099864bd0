package io.idagent.crash;

import io.idagent.lab.Change;
import io.idagent.lab.Result;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** One system that is hurt again and again, and what must be true of it each time. */
final class Story {

    /** What is hurt. */
    enum Victim {
        CONVERSION,
        ROLLBACK,
        /** Of a conversion, or of a rollback, that was killed before. */
        RECOVERY
    }

    /** What happened in one run. @param end where the journal stood when the program was gone */
    record Run(Victim victim, Fault fault, boolean hit, String end, boolean converted) {}

    /** Something that must never happen did. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String what) {
            super(what);
        }
    }

    private static final String OLD = "109:114";
    private static final String NEW = "64055:64055";
    private static final int KILLED = 137;
    private static final int LEFTOVERS = 7;
    private static final String NOTHING_TO_TAKE_BACK = "no conversion that could be taken back";

    private static final String TOLD = "putting it back failed";

    /** A search outside the roots failed: the number is given back by the next conversion that finds nothing. */
    private static final String STAYS_RESERVED = "stays reserved";

    /** userdel itself was hit, in whatever it was to give back: the same. */
    private static final String NOT_GIVEN_BACK = "is still reserved";

    private final World world;
    private final Map<Victim, Faults> faults = new EnumMap<>(Victim.class);
    private final StringBuilder transcript = new StringBuilder();

    Story(World world) throws Exception {
        this.world = world;
        learn(Victim.CONVERSION, false, "--convert-now");
        learn(Victim.ROLLBACK, true, "--rollback");
        world.reset(false);
        Fault late = new Fault(Fault.Kind.KILL, "fchownat", 2, "");
        world.agent(late.strace(), "--convert-now");
        learn(Victim.RECOVERY, "--recover");
    }

    World world() {
        return world;
    }

    private void learn(Victim victim, boolean converted, String command) throws Exception {
        world.reset(converted);
        learn(victim, command);
    }

    private void learn(Victim victim, String command) throws Exception {
        world.agent(Faults.strace(world.traceFile()), command).mustSucceed();
        faults.put(victim, Faults.learn(world.readTrace()));
    }

    /** What was said in the last run. */
    String transcript() {
        return transcript.toString();
    }

    /** @param number of the run; with the seed it decides everything that is left to chance */
    Run run(long seed, int number) throws Exception {
        Random random = new Random(seed * 1_000_003 + number);
        random.nextInt(); // the first numbers of neighbouring seeds are neighbours
        Victim victim = Victim.values()[random.nextInt(Victim.values().length)];
        boolean back = victim == Victim.ROLLBACK || (victim == Victim.RECOVERY && random.nextBoolean());
        Optional<Fault> first = Optional.empty();
        if (victim == Victim.RECOVERY) {
            Fault any = faults.get(back ? Victim.ROLLBACK : Victim.CONVERSION).random(random);
            first = Optional.of(new Fault(Fault.Kind.KILL, any.call(), any.nth(), ""));
        }
        return hurt(victim, back, first, faults.get(victim).random(random));
    }

    /**
     * Hurts the command, and looks at what came of it.
     *
     * @param back whether it is a rollback, or the recovery of one
     * @param first what kills the command whose recovery is to be hurt
     */
    Run hurt(Victim victim, boolean back, Optional<Fault> first, Fault fault) throws Exception {
        transcript.setLength(0);
        world.reset(back);
        String command = back ? "--rollback" : "--convert-now";
        if (first.isPresent()) {
            agent(first.get(), command);
            command = "--recover";
        }
        Result hurt = agent(fault, command);
        boolean hit = hurt.exitCode() == KILLED || (fault.kind() == Fault.Kind.ERROR && hurt.exitCode() != 0);
        if (fault.kind() == Fault.Kind.CUT) {
            world.powerCut();
        }
        List<String> entries = journal("after the fault");
        String end = entries.isEmpty() ? "none yet" : entries.get(0);

        if (hurt.out().contains(TOLD)) {
            // The one call failed that puts back what the kernel has cleared: that is lost, and a person was told of
            // which file, and whoever asked by a script.
            if (hurt.exitCode() != LEFTOVERS && hurt.exitCode() != KILLED) {
                throw new Broken("something is lost, but the exit code is " + hurt.exitCode());
            }
            return new Run(victim, fault, hit, end, !back);
        }
        if (hurt.exitCode() == 0 && victim != Victim.RECOVERY && !hurt.out().contains(STAYS_RESERVED)) {
            mustBe(back ? world.whollyOld() : world.whollyNew(), "it said that all was done" + power(fault));
            sinceMustBe(back ? OLD : NEW);
        }
        boolean converted = recover(hurt);
        andOn();
        if (fault.kind() == Fault.Kind.ERROR && fault.call().equals("unlink")) {
            // A tool of shadow that could not remove its lock has left it; the next one that needs the same takes it
            // away.
            andOn();
        }
        must(world.litter(), "left behind");
        return new Run(victim, fault, hit, end, converted);
    }

    /** As the next boot does. @return whether the ids are the new ones */
    private boolean recover(Result hurt) throws Exception {
        Result recovery = agent(null, "--recover");
        String now = world.snapshot();
        boolean isOld = now.equals(world.whollyOld());
        boolean isNew = now.equals(world.whollyNew());
        // A call that failed may be one that a file needed. Then it was said so, and the next conversion mends it.
        boolean saidSo = hurt.exitCode() == LEFTOVERS
                || recovery.exitCode() == LEFTOVERS
                || (hurt.out() + recovery.out()).contains(STAYS_RESERVED)
                || (hurt.out() + recovery.out()).contains(NOT_GIVEN_BACK);
        String fromOld = Change.between(world.whollyOld(), now);
        String fromNew = Change.between(world.whollyNew(), now);
        boolean isRatherNew = fromNew.length() < fromOld.length();
        if (!isOld && !isNew && !saidSo) {
            throw new Broken("neither wholly old nor wholly new after the recovery, but "
                    + (isRatherNew ? "new with:\n" + fromNew : "old with:\n" + fromOld));
        }
        if (!saidSo) {
            sinceMustBe(isOld ? OLD : NEW);
        }
        for (String entry : journal("after the recovery")) {
            if (!Journals.isClosed(entry)) {
                throw new Broken("a journal is still open after the recovery: " + entry);
            }
        }
        String journals = world.journals();
        agent(null, "--recover");
        must(Change.between(now, world.snapshot()), "the second recovery has changed this");
        must(Change.between(journals, world.journals()), "the second recovery has changed a journal");
        return isRatherNew;
    }

    /** The host is as good as any other: it can be converted, and taken back to where it was on its first day. */
    private void andOn() throws Exception {
        Result conversion = agent(null, "--convert-now");
        if (conversion.exitCode() != 0) {
            throw new Broken("it cannot be converted any more");
        }
        mustBe(world.whollyNew(), "converted afterwards");
        sinceMustBe(NEW);
        Result rollback = agent(null, "--rollback");
        if (rollback.exitCode() != 0 && !(rollback.out() + rollback.err()).contains(NOTHING_TO_TAKE_BACK)) {
            throw new Broken("it cannot be taken back any more");
        }
        mustBe(world.whollyOld(), "taken back afterwards");
        sinceMustBe(OLD);
    }

    private static String power(Fault fault) {
        return fault.kind() == Fault.Kind.CUT ? ", and then the power failed" : "";
    }

    private Result agent(Fault fault, String command) throws Exception {
        Result result = world.agent(fault == null ? List.of() : fault.strace(), command);
        transcript.append("%n# libvirt-id-agent %s%s%n%s%s(exit %d)%n"
                .formatted(
                        command,
                        fault == null ? "" : "   hit by " + fault,
                        result.out(),
                        result.err(),
                        result.exitCode()));
        return result;
    }

    private List<String> journal(String when) throws Exception {
        try {
            return new ArrayList<>(world.lastEntries());
        } catch (java.io.IOException e) {
            throw new Broken("a journal cannot be read " + when + ": " + e.getMessage());
        }
    }

    private void mustBe(String expected, String when) throws Exception {
        must(Change.between(expected, world.snapshot()), when + ", but");
    }

    /** It belongs to the account as well, whatever that has. */
    private void sinceMustBe(String owner) throws Exception {
        String since = world.madeSince();
        if (!since.isEmpty() && !since.equals(owner)) {
            throw new Broken("a file that was made after the conversion has " + since + ", not " + owner);
        }
    }

    private static void must(String change, String what) throws Broken {
        if (!change.isEmpty()) {
            throw new Broken(what + ":\n" + change);
        }
    }
}
