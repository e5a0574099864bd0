package io.idagent.ownership;

/** Is told now and then, some hundred times a second at most, how far a scan is. */
@FunctionalInterface
public interface ScanProgress {

    ScanProgress NONE = entries -> {};

    /** @param entries how many files and directories have been looked at so far */
    void seen(long entries);
}
