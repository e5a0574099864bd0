package io.idagent.ownership;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which paths are roots and which are excluded, as a tree of names: a walk goes down in it while it goes down in the
 * directories, and most of the time is outside it (null) and need not compare any path.
 */
final class TreeMarks {

    private final Map<String, TreeMarks> children = new HashMap<>();
    private boolean excluded;
    private boolean root;
    private boolean adoptsOrphans;
    private boolean adoptsBelow;
    private boolean walked;

    void exclude(List<byte[]> names) {
        at(names).excluded = true;
    }

    /** A root that is named twice adopts orphans if it does so under one of its names. */
    void addRoot(List<byte[]> names, boolean adopts, boolean below) {
        TreeMarks mark = at(names);
        mark.root = true;
        mark.adoptsOrphans |= adopts;
        mark.adoptsBelow |= below;
    }

    /** The marks of an entry; null if neither it nor anything below it is marked. */
    TreeMarks child(byte[] name) {
        return children.get(key(name));
    }

    TreeMarks at(List<byte[]> names) {
        TreeMarks mark = this;
        for (byte[] name : names) {
            mark = mark.children.computeIfAbsent(key(name), absent -> new TreeMarks());
        }
        return mark;
    }

    /** Whether it, or anything above it, is excluded. */
    boolean excludes(List<byte[]> names) {
        TreeMarks mark = this;
        for (byte[] name : names) {
            if (mark.excluded) {
                return true;
            }
            mark = mark.child(name);
            if (mark == null) {
                return false;
            }
        }
        return mark.excluded;
    }

    static boolean isExcluded(TreeMarks mark) {
        return mark != null && mark.excluded;
    }

    /** What holds at this mark, given what holds in the directory above. */
    static boolean adoptsOrphans(TreeMarks mark, boolean above) {
        return mark != null && mark.root ? mark.adoptsOrphans : above;
    }

    /** The same for its subdirectories, where they have no mark of their own. */
    static boolean adoptsBelow(TreeMarks mark, boolean above) {
        return mark != null && mark.root ? mark.adoptsBelow : above;
    }

    /** Notes that a walk has come here. */
    static void visit(TreeMarks mark) {
        if (mark != null) {
            mark.walked = true;
        }
    }

    boolean isWalked() {
        return walked;
    }

    /** One char for each byte. */
    private static String key(byte[] name) {
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
