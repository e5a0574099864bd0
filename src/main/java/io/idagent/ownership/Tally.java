package io.idagent.ownership;

import java.util.List;

/**
 * How much was found.
 *
 * @param files of any type, directories too; a file with several names counts once
 * @param bytes the sizes of the regular ones
 * @param firstPaths at most {@value #PATHS}, printable as {@link io.idagent.platform.RawPath#toString} makes them
 */
public record Tally(long files, long bytes, List<String> firstPaths) {

    public static final int PATHS = 5;

    public static final Tally NOTHING = new Tally(0, 0, List.of());

    public Tally {
        firstPaths = List.copyOf(firstPaths);
    }

    /** "1 file", "2 files". */
    public static String inWords(long files) {
        return files + (files == 1 ? " file" : " files");
    }
}
