package io.idagent.ownership;

/** What is done about file systems that another host may be using. */
public enum SharedStorage {
    /** Search them and count what is found; change nothing. */
    REPORT,
    /** Do not enter them. */
    IGNORE
}
