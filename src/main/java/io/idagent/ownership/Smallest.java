package io.idagent.ownership;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** The few smallest of many, in order: the same whoever comes first. */
final class Smallest<T> {

    private final int most;
    private final TreeSet<T> kept;

    Smallest(int most, Comparator<? super T> order) {
        this.most = most;
        this.kept = new TreeSet<>(order);
    }

    void add(T candidate) {
        if (kept.size() < most || kept.comparator().compare(candidate, kept.last()) < 0) {
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
