package io.idagent.ownership;

/**
 * Something that could not be looked at.
 *
 * @param path printable
 * @param errno such as "EACCES"; empty if it was not the system that refused
 * @param sentence what was being done, and what the system said
 */
public record PathError(String path, String errno, String sentence) implements Comparable<PathError> {

    /** By path. */
    @Override
    public int compareTo(PathError other) {
        int byPath = path.compareTo(other.path);
        return byPath != 0 ? byPath : sentence.compareTo(other.sentence);
    }
}
