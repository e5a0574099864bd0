package io.idagent.crash;

import io.idagent.crash.Fault.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a command can be killed before, within and after each of its steps, learned from a run that nothing hits. Its own
 * journal tells the steps in what strace has written down.
 *
 * <p>Before is the moment at which the step is announced and nothing of it done; after, that at which it is said to be done and
 * nothing else begun. Each is an fsync, of which the program makes the same number each time. Within are the calls
 * between the two.
 */
final class Places {

    private static final Pattern CALL = Pattern.compile("(\\d+) +([a-z_0-9]+)\\(.*");
    private static final Pattern EVENT =
            Pattern.compile(".*\\\\\"event\\\\\":\\\\\"([a-z]+)\\\\\"(?:.*\\\\\"step\\\\\":\\\\\"([A-Z_]+)\\\\\")?.*");
    private static final String SYNC = "fsync";

    /** Made often, and in numbers that differ from run to run. */
    private static final List<String> UNSTEADY = List.of("futex", "close", "read");

    enum Moment {
        BEFORE,
        WITHIN,
        AFTER
    }

    /** The faults that may do for one moment of one step, the best first. */
    record Place(String step, Moment moment, List<Fault> faults) {}

    private record Call(String thread, String name, int nth, boolean firstToCount) {}

    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Integer> highest = new HashMap<>();
    private final Map<String, Map<Moment, List<Fault>>> found = new LinkedHashMap<>();
    private String step = "";
    private Moment awaited;
    private final List<Call> within = new ArrayList<>();

    private Places() {}

    static List<Place> learn(String trace) {
        Places places = new Places();
        trace.lines().forEach(places::read);
        List<Place> all = new ArrayList<>();
        places.found.forEach((step, moments) -> moments.forEach((moment, faults) -> {
            if (!faults.isEmpty()) {
                all.add(new Place(step, moment, faults));
            }
        }));
        return all;
    }

    private void read(String line) {
        Matcher matcher = CALL.matcher(line);
        if (!matcher.matches()) {
            return;
        }
        String name = matcher.group(2);
        int nth = counts.merge(matcher.group(1) + " " + name, 1, Integer::sum);
        // strace counts in each thread: only who is the first to count so far is hit alone.
        boolean first = nth > highest.merge(name, 0, Math::max);
        highest.merge(name, nth, Math::max);
        Call call = new Call(matcher.group(1), name, nth, first);
        Matcher event = EVENT.matcher(line);
        if (event.matches()) {
            announced(event.group(1), event.group(2));
        } else if (awaited != null && name.equals(SYNC)) {
            found.computeIfAbsent(step, any -> new LinkedHashMap<>()).put(awaited, kill(List.of(call)));
            awaited = null;
        } else if (!step.isEmpty() && !UNSTEADY.contains(name)) {
            within.add(call);
        }
    }

    private void announced(String event, String of) {
        switch (event) {
            case "started" -> begin(of);
            case "undoing" -> begin("undoing");
            case "done", "closed" -> {
                if (!event.equals("closed") || step.equals("undoing")) {
                    found.get(step).put(Moment.WITHIN, kill(middleFirst(within)));
                    awaited = Moment.AFTER;
                } else {
                    step = "closing";
                    awaited = Moment.AFTER;
                }
            }
            default -> {}
        }
    }

    private void begin(String next) {
        step = next;
        awaited = Moment.BEFORE;
        within.clear();
    }

    private static List<Call> middleFirst(List<Call> calls) {
        List<Call> sorted = new ArrayList<>(calls);
        int middle = calls.size() / 2;
        Map<Call, Integer> distance = new HashMap<>();
        for (int i = 0; i < calls.size(); i++) {
            distance.put(calls.get(i), Math.abs(i - middle));
        }
        sorted.sort(java.util.Comparator.comparing(distance::get));
        return sorted;
    }

    private static List<Fault> kill(List<Call> calls) {
        return calls.stream()
                .filter(Call::firstToCount)
                .map(call -> new Fault(Kind.KILL, call.name(), call.nth(), ""))
                .toList();
    }
}
