package io.idagent.assessment;

/** Whether this host can take part in live migration over shared storage. */
public enum Readiness {
    READY,
    NOT_READY,
    /** What decides it could not be seen. */
    UNKNOWN
}
