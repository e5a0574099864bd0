package io.idagent.ownership;

import java.util.List;
import java.util.TreeSet;

/** The few smallest of many, in order: the same whoever comes first. */
final class Smallest<T extends Comparable<T>> {

    private final int most;
    private final TreeSet<T> kept = new TreeSet<>();

    Smallest(int most) {
        this.most = most;
    }

    void add(T candidate) {
        if (kept.size() < most || candidate.compareTo(kept.last()) < 0) {
            kept.add(candidate);
            if (kept.size() > most) {
                kept.pollLast();
            }
        }
    }

    List<T> inOrder() {
        return List.copyOf(kept);
    }
}
