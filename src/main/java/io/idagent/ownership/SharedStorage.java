package io.idagent.ownership;

/** What is done about file systems that another host may be using. */
public enum SharedStorage {
    /** Search them and count what is found; change nothing. */
    REPORT,
    /** Change what nobody uses, on those that pass locks on to other hosts and keep numbers as they are. */
    CONVERT,
    /** Do not enter them. */
    IGNORE
}
