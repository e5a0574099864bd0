package io.idagent.race;

import io.idagent.lab.Lab;
import io.idagent.lab.Result;
import io.idagent.lab.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One host is converted and taken back again and again, while others race with it: by turns strangers who swap names under
 * the walk, the account itself, guests, an administrator, and other conversions. See deploy/bench/races.
 */
public final class Races {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static final int DONE = 0;
    private static final int BLOCKED_BY_GUESTS = 3;
    private static final int ID_TAKEN = 4;
    private static final int BLOCKED = 5;
    private static final int UNDONE = 6;
    private static final int LEFTOVERS = 7;
    private static final int ANOTHER_IS_RUNNING = 75;

    private final RacingHost racing;
    private boolean converted;
    private String lastRefusal = "";

    private Races(RacingHost racing) {
        this.racing = racing;
    }

    /**
     * What came of one kind of race.
     *
     * @param codes how often conversions and rollbacks ended with which exit code
     * @param done by the others, in words
     */
    record Heat(String against, TreeMap<Integer, Integer> codes, String done) {}

    /** @param arguments seconds for each kind of race */
    public static void main(String[] arguments) throws IOException {
        try (Lab lab = new Lab()) {
            System.out.println("| against | done | refused or undone | by the others |");
            System.out.println("| --- | --- | --- | --- |");
            run(
                    lab,
                    Duration.ofSeconds(Long.parseLong(arguments[0])),
                    heat -> System.out.printf(
                            "| %s | %d | %s | %s |%n",
                            heat.against(),
                            heat.codes().getOrDefault(DONE, 0) + heat.codes().getOrDefault(LEFTOVERS, 0),
                            notDone(heat.codes()),
                            heat.done()));
            System.out.println("\nOutside the roots nothing has changed, and no guest ran under a number given up.");
        }
    }

    private static String notDone(TreeMap<Integer, Integer> codes) {
        List<String> words = new ArrayList<>();
        codes.forEach((code, count) -> {
            if (code != DONE && code != LEFTOVERS) {
                words.add(count + " (exit " + code + ")");
            }
        });
        return words.isEmpty() ? "0" : String.join(", ", words);
    }

    interface Listener {
        void ran(Heat heat);
    }

    /** @throws AssertionError if anything happened that must not */
    static void run(Lab lab, Duration each, Listener listener) throws IOException {
        RacingHost racing = new RacingHost(lab);
        Races races = new Races(racing);
        listener.ran(races.againstStrangersAndAnAdministrator(each));
        listener.ran(races.againstTheAccountItself(each));
        listener.ran(races.againstGuests(each));
        for (int many : List.of(2, 10)) {
            listener.ran(races.againstEachOther(many, each));
        }
        races.atTheEnd();
    }

    private Heat againstStrangersAndAnAdministrator(Duration each) {
        racing.strangersInTheTrees();
        racing.anAdministratorAtWork();
        long begun = System.nanoTime();
        TreeMap<Integer, Integer> codes = thereAndBack(each, Set.of(DONE, BLOCKED, UNDONE, LEFTOVERS));
        List<List<Long>> did = racing.enough();
        double seconds = (System.nanoTime() - begun) / 1e9;
        must(
                codes.getOrDefault(DONE, 0) + codes.getOrDefault(LEFTOVERS, 0) > 0,
                "none of these was done: " + codes + "\n" + lastRefusal);
        long changes = sum(did.get(0));
        must(changes > 1000, "too few changes to race with: " + changes);
        must(did.get(1).size() > 1, "the administrator did nothing");
        return new Heat(
                "strangers who may write in the trees, and an administrator",
                codes,
                "%.0f changes of names a second, %d users made and removed"
                        .formatted(changes / seconds, did.get(1).size()));
    }

    private Heat againstTheAccountItself(Duration each) {
        racing.theAccountItselfNowAndThen();
        TreeMap<Integer, Integer> codes =
                thereAndBack(each, Set.of(DONE, BLOCKED_BY_GUESTS, ID_TAKEN, BLOCKED, UNDONE, LEFTOVERS));
        long changes = sum(racing.enough().get(0));
        must(changes > 100, "too few changes to race with: " + changes);
        return new Heat("the account itself, coming and going", codes, changes + " changes of names");
    }

    private Heat againstGuests(Duration each) {
        Running guests = racing.guestsThatComeAndGo();
        racing.aWitness();
        TreeMap<Integer, Integer> codes = new TreeMap<>();
        int tries = 0;
        do {
            // Guests come when they like, and a short race may be over before the second one.
            thereAndBack(each, Set.of(DONE, BLOCKED_BY_GUESTS, LEFTOVERS))
                    .forEach((code, count) -> codes.merge(code, count, Integer::sum));
        } while (guests.outSoFar().lines().count() < 2 && ++tries < 10);
        List<List<Long>> did = racing.enough();
        List<Long> witness = did.get(1);
        must(did.get(0).size() > 1, "no guest ran");
        must(witness.get(1) > 0, "the witness has seen no guest");
        must(witness.get(2) == 0, witness.get(2) + " times a guest ran under a number that the account has not");
        return new Heat(
                "guests",
                codes,
                "%d guests came and went; seen in %d of %d looks, under another number than the account's in 0"
                        .formatted(did.get(0).size(), witness.get(1), witness.get(0)));
    }

    private TreeMap<Integer, Integer> thereAndBack(Duration each, Set<Integer> allowed) {
        TreeMap<Integer, Integer> codes = new TreeMap<>();
        long end = System.nanoTime() + each.toNanos();
        do {
            Result result = racing.host().agent(way());
            must(
                    allowed.contains(result.exitCode()),
                    way() + " ended with " + result.exitCode() + ":\n" + said(result));
            codes.merge(result.exitCode(), 1, Integer::sum);
            if (result.exitCode() != DONE) {
                lastRefusal = said(result);
            }
            String ids = racing.host().ids();
            must(Set.of("109:114", "64055:64055").contains(ids), "half converted: " + ids);
            converted = ids.equals("64055:64055");
        } while (System.nanoTime() < end);
        return codes;
    }

    private String way() {
        return converted ? "--rollback" : "--convert-now";
    }

    /** One does it; the others say that somebody is at it, or that there is nothing left to do. */
    private Heat againstEachOther(int many, Duration each) {
        TreeMap<Integer, Integer> codes = new TreeMap<>();
        long end = System.nanoTime() + each.toNanos();
        do {
            String way = way();
            List<Running> all = IntStream.range(0, many)
                    .mapToObj(i -> racing.host().start("libvirt-id-agent", way))
                    .toList();
            List<Result> results = all.stream().map(one -> one.await(LIMIT)).toList();
            long did = results.stream()
                    .filter(one -> one.out().contains("\nDone: "))
                    .count();
            must(did == 1, did + " of " + many + " have done " + way + ":\n" + results);
            for (Result one : results) {
                boolean nothingToDo = one.exitCode() == DONE
                        || (one.exitCode() == BLOCKED && one.out().contains("no conversion that could be taken back"));
                must(nothingToDo || one.exitCode() == ANOTHER_IS_RUNNING, said(one));
                codes.merge(one.exitCode(), 1, Integer::sum);
            }
            converted = racing.host().ids().equals("64055:64055");
            must(converted == way.equals("--convert-now"), way + " said that it was done");
        } while (System.nanoTime() < end);
        int turns = codes.values().stream().mapToInt(Integer::intValue).sum() / many;
        return new Heat(many + " at once", codes, "%d times, and each time one did the work".formatted(turns));
    }

    /** Nobody races any more: it is converted like any other host, and nothing outside has noticed. */
    private void atTheEnd() {
        if (converted) {
            racing.host().agent("--rollback").mustSucceed();
        }
        racing.host().agent("--convert-now").mustSucceed();
        must(racing.host().ids().equals("64055:64055"), racing.host().ids());
        String left = racing.host().filesWith(109, 114);
        must(left.isEmpty(), "these still have an old number:\n" + left);
        must(racing.host().baseLabel().equals("+64055:+64055"), racing.host().baseLabel());
        String outside = racing.changeOutside();
        must(outside.isEmpty(), "outside the roots this has changed:\n" + outside);
    }

    private static long sum(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).sum();
    }

    private static String said(Result result) {
        return result.out() + result.err();
    }

    private static void must(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
