package io.idagent.ownership;

/** Ids from first to last, both included. */
public record IdRange(long first, long last) {

    public IdRange {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException(first + "-" + last + " is no range of ids");
        }
    }

    public boolean contains(long id) {
        return first <= id && id <= last;
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
