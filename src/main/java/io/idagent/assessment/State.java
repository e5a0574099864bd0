package io.idagent.assessment;

/** What the agent concludes about a host, in one word. */
public enum State {
    /** There is no such account here. */
    NOT_APPLICABLE,
    /** Ids, label and files are right. */
    NORMALIZED,
    /** Ids and label are right, but traces of former ids remain. */
    LEFTOVERS,
    /** The names are right, but libvirt has other numbers cached: a guest that started now would run under them. */
    RESTART_NEEDED,
    /** The ids are wrong, and nothing forbids to change them. */
    CONVERTIBLE,
    /** The ids are wrong; the blockers say why they cannot be changed now. */
    BLOCKED,
    /** A conversion is running. */
    CONVERTING,
    /** A conversion was cut off. It must be carried to its end, or undone, before anything else. */
    INTERRUPTED,
    /** The last attempt failed and was undone. */
    FAILED
}
