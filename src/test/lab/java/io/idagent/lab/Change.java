package io.idagent.lab;

import java.util.ArrayList;
import java.util.List;

/** What differs between two snapshots, in lines that can be read; nothing at all is "". */
public final class Change {

    private Change() {}

    public static String between(String before, String after) {
        List<String> gone = lines(before);
        List<String> come = lines(after);
        lines(after).forEach(gone::remove);
        lines(before).forEach(come::remove);
        StringBuilder text = new StringBuilder();
        gone.forEach(line -> text.append("- ").append(line).append('\n'));
        come.forEach(line -> text.append("+ ").append(line).append('\n'));
        return text.toString();
    }

    private static List<String> lines(String text) {
        return new ArrayList<>(text.lines().toList());
    }
}
